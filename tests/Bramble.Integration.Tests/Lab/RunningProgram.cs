using System.Diagnostics;
using System.Text;

namespace Bramble.Integration.Tests.Lab;

/// <summary>A program in the background whose output is kept; stopped by its pid.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private bool _disposed;

    public RunningProgram(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, bool typed = false)
    {
        _process = Shell.Start(program, arguments, environment, typed);
        _process.OutputDataReceived += (_, e) => Append(e.Data);
        _process.ErrorDataReceived += (_, e) => Append(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Types a line into a program that was started for it.</summary>
    public void Type(string line)
    {
        _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
    }

    /// <summary>Sends a signal, by number.</summary>
    public void Signal(int signal) => Shell.Run("kill", $"-{signal}", Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Waits for the end and returns the exit code; null if it does not come in time.</summary>
    public int? WaitForExit(TimeSpan most) => _process.WaitForExit(most) ? _process.ExitCode : null;

    /// <summary>Waits until the output holds a text; fails the test with the output if it does not come in time.</summary>
    public void WaitForOutput(string text, TimeSpan most)
    {
        Wait.Until(() => Output.Contains(text, StringComparison.Ordinal) || HasExited, most, () => $"'{text}' did not come. Output:\n{Output}");
        if (!Output.Contains(text, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The program ended before it said '{text}'. Output:\n{Output}");
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Append(line).Append('\n');
            }
        }
    }
}
