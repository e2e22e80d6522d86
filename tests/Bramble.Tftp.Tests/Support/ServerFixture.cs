using System.Net;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Tests.Support;

/// <summary>A server on a free port of the loopback interface, and its folder.</summary>
internal sealed class ServerFixture : IDisposable
{
    public ServerFixture(Func<TftpOptions, TftpOptions>? change = null, ITftpFiles? files = null)
    {
        var options = new TftpOptions
        {
            Endpoints = [new TftpEndpoint(Ipv4Address.Parse("127.0.0.1"))],
            Port = 0,
            ServedSubnets = [Ipv4Subnet.Of(Ipv4Address.Parse("127.0.0.0"), 8)],
        };
        Options = change?.Invoke(options) ?? options;
        Server = new TftpServer(Options, files ?? Files, Events, TimeProvider.System, Log);
        try
        {
            Server.Start();
        }
        catch
        {
            Files.Dispose();
            throw;
        }
    }

    public TftpOptions Options { get; }

    public FolderFiles Files { get; } = new();

    public RecordedEvents Events { get; } = new();

    public LogLines Log { get; } = new();

    public TftpServer Server { get; }

    public ushort Port => Server.LocalEndpoints[0].Port;

    public IPEndPoint Endpoint => new(IPAddress.Loopback, Port);

    public void Dispose()
    {
        Server.Dispose();
        Files.Dispose();
    }
}
