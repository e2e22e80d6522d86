using System.Globalization;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Stack;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Boot;

/// <summary>Reads files as the boot stages do, and holds the server to RFC 1350 and RFC 2347 to 2349 while it does.</summary>
internal sealed class TftpClient
{
    private const int ServerPort = 69;

    private readonly Reactor _reactor;
    private readonly NetworkStack _stack;
    private readonly Ipv4Address _server;
    private readonly MacAddress _serverMac;
    private int _port;

    public TftpClient(Reactor reactor, NetworkStack stack, Ipv4Address server, MacAddress serverMac, int firstPort)
    {
        _reactor = reactor;
        _stack = stack;
        _server = server;
        _serverMac = serverMac;
        _port = firstPort;
    }

    /// <summary>What is waited for, for the message of a boot that is cut off.</summary>
    public string Waiting { get; private set; } = "";

    /// <summary>Reads a file, or with <paramref name="probe"/> only sees that it is there.</summary>
    /// <param name="path">The name.</param>
    /// <param name="probe">Ends the transfer as soon as the file is known to be there.</param>
    /// <param name="rules">How the boot stage reads.</param>
    /// <param name="known">What must come, to compare it at once and not keep it.</param>
    /// <exception cref="BootFaultException">The transfer broke, or the server broke the protocol.</exception>
    public ValueTask<TftpResult> ReadAsync(string path, bool probe, TftpRules rules, byte[]? known = null)
    {
        var options = new List<KeyValuePair<string, string>>();
        if (rules.SendsSize)
        {
            options.Add(new("tsize", "0"));
        }

        if (rules.BlockSize > 0)
        {
            options.Add(new("blksize", rules.BlockSize.ToString(CultureInfo.InvariantCulture)));
        }

        return ReadAsync(path, probe, rules, options, known);
    }

    /// <summary>The same with the options given.</summary>
    public async ValueTask<TftpResult> ReadAsync(
        string path, bool probe, TftpRules rules, IReadOnlyList<KeyValuePair<string, string>> options, byte[]? known = null)
    {
        int port = NextPort();
        _stack.Bind(port);
        try
        {
            var transfer = new TftpTransfer(path, probe, rules, options, _reactor.Now, known);
            byte[] request = TftpPackets.ReadRequest(path, options);
            _stack.Send(_serverMac, port, _server, ServerPort, request);
            TimeSpan started = _reactor.Now;
            TimeSpan heard = started;
            TimeSpan sent = started;
            byte[] last = request;
            int serverPort = 0;
            int repeats = 0;
            while (true)
            {
                Waiting = transfer.Waiting;
                TimeSpan limit = Min(started + rules.FileTimeout, heard + rules.Silence);
                Datagram? datagram = await _stack.ReceiveAsync(port, Min(limit, sent + rules.Retry));
                if (datagram is null)
                {
                    if (_reactor.Now >= limit)
                    {
                        throw new BootFaultException("firmware", "file-timeout",
                            $"{path}: no end after {(_reactor.Now - started).TotalSeconds:0.#} s, waiting for {transfer.Waiting}.");
                    }

                    _stack.Send(_serverMac, port, _server, serverPort == 0 ? ServerPort : serverPort, last);
                    sent = _reactor.Now;
                    repeats++;
                    continue;
                }

                if (datagram.Source != _server)
                {
                    continue;
                }

                if (serverPort != 0 && datagram.SourcePort != serverPort)
                {
                    // RFC 1350 §4: a packet of another session is told off and leaves this one alone.
                    _stack.Send(_serverMac, port, _server, datagram.SourcePort, TftpPackets.Error(5, "Unknown transfer ID"));
                    continue;
                }

                serverPort = datagram.SourcePort;
                TftpStep step = transfer.Accept(datagram.Payload, _reactor.Now);
                if (step.Reply is { } reply)
                {
                    _stack.Send(_serverMac, port, _server, serverPort, reply);
                    last = reply;
                    sent = _reactor.Now;
                }

                if (step.Heard)
                {
                    heard = _reactor.Now;
                }

                if (step.Fault is { } fault)
                {
                    throw fault;
                }

                if (step.Result is { } result)
                {
                    Waiting = "";
                    return result with { Repeats = repeats };
                }
            }
        }
        finally
        {
            _stack.Close(port);
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private int NextPort()
    {
        int port = _port;
        _port = _port == 65535 ? 49152 : _port + 1;
        return port;
    }
}
