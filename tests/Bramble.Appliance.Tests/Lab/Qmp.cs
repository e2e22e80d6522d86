using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>A connection to QEMU's monitor, which speaks lines of JSON (docs/interop/qmp-spec of QEMU).</summary>
internal sealed class Qmp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _reader;

    /// <summary>Connects.</summary>
    /// <param name="path">The monitor's socket.</param>
    public Qmp(string path)
    {
        Wait.Until(() => File.Exists(path), Wait.Soon, () => $"QEMU has no monitor at {path}");
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _reader = new StreamReader(new NetworkStream(_socket));
        _reader.ReadLine();
        Run("qmp_capabilities");
    }

    /// <summary>Runs a command and returns what it returns.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">Its arguments, as JSON.</param>
    public JsonElement Run(string command, string arguments = "{}")
    {
        _socket.Send(Encoding.UTF8.GetBytes($$"""{"execute":"{{command}}","arguments":{{arguments}}}""" + "\n"));
        while (true)
        {
            string line = _reader.ReadLine() ?? throw new EndOfStreamException($"QEMU ended at '{command}'.");
            JsonElement message = JsonDocument.Parse(line).RootElement;
            if (message.TryGetProperty("return", out JsonElement answer))
            {
                return answer;
            }

            // Events come in between.
            if (message.TryGetProperty("error", out JsonElement error))
            {
                throw new InvalidOperationException($"QEMU refuses '{command}': {error.GetProperty("desc").GetString()}");
            }
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }
}
