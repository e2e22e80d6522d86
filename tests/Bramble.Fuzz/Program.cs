using System.Diagnostics;
using Bramble.Fuzz;
using Bramble.Fuzz.Engine;

// The first start only makes a copy whose code reports where it comes through, and goes on in that.
const string Instrumented = "--instrumented";
if (args is [Instrumented, .. string[] rest])
{
    return FuzzCommand.Run(rest);
}

string copy = Path.Combine(FuzzCommand.OutFolder, $"bin-{Environment.ProcessId}");
try
{
    int blocks = Instrumenter.Copy(AppContext.BaseDirectory, copy);
    Console.WriteLine($"{blocks} blocks of code report where a run comes through");
    using Process fuzzer = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(copy, "Bramble.Fuzz.dll"), Instrumented, .. args]))!;
    fuzzer.WaitForExit();
    return fuzzer.ExitCode;
}
finally
{
    if (Directory.Exists(copy))
    {
        Directory.Delete(copy, recursive: true);
    }
}
