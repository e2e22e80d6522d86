using System.Diagnostics;
using System.Text;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>A machine in QEMU whose serial console is talked to; it is gone when this is disposed of.</summary>
internal sealed class SerialConsole : IDisposable
{
    /// <summary>A key that is not echoed takes so long.</summary>
    private static readonly TimeSpan s_echo = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private int _read;

    /// <summary>Starts a program whose standard input and output are the console.</summary>
    public SerialConsole(string program, IEnumerable<string> arguments)
    {
        // By timeout(1): an emulator must not outlive a test that was killed.
        _process = Process.Start(new ProcessStartInfo("timeout", ["900", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        _ = ReadAsync(_process.StandardOutput);
        _ = ReadAsync(_process.StandardError);
    }

    /// <summary>Waits for a text after the last one that was waited for; returns all that came up to its end.</summary>
    public string Expect(string text, TimeSpan most)
    {
        int found = -1;
        Wait.Until(() => (found = Output.IndexOf(text, _read, StringComparison.Ordinal)) >= 0 || _process.HasExited, most, () => Missing(text));
        if (found < 0)
        {
            throw new InvalidOperationException(Missing(text));
        }

        int from = _read;
        _read = found + text.Length;
        return Output[from.._read];
    }

    /// <summary>Types as a person does, key by key: a BIOS keeps 15 of them, and loses what comes before they are read.</summary>
    public void Type(string text)
    {
        foreach (char key in text)
        {
            int before = Output.Length;
            _process.StandardInput.Write(key);
            _process.StandardInput.Flush();
            for (var clock = Stopwatch.StartNew(); Output.Length == before && clock.Elapsed < s_echo;)
            {
                Thread.Sleep(2);
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private string Missing(string text) => $"'{text}' did not come. The console says:\n{Output}";

    private async Task ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and int count)
        {
            lock (_output)
            {
                _output.Append(buffer, 0, count);
            }
        }
    }
}
