using System.Net.Sockets;
using System.Text;
using Bramble.Linux.Systemd;
using Bramble.Logging;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Bramble.Tests.Logging;

/// <summary>What the journal gets, at a socket that plays it.</summary>
public sealed partial class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-journal-");
    private readonly Socket _journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };

    public JournalTests()
    {
        _journal.Bind(new UnixDomainSocketEndPoint(Path));
    }

    private string Path => System.IO.Path.Combine(_folder.FullName, "socket");

    public void Dispose()
    {
        _journal.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void An_entry_has_its_number_and_its_values_by_name()
    {
        using var loggers = new LineLoggerProvider(journal: true, new JournalSocket(Path));
        LogOpened(loggers.CreateLogger("Bramble.fleet"), "garden-cam", "two\nlines");
        Assert.Equal(
            "MESSAGE=fleet: The root of garden-cam is in two lines\nPRIORITY=4\nSYSLOG_IDENTIFIER=bramble\nMESSAGE_ID=b3a9b1e05eed4f1c0000000000000fc1\nBRAMBLE_EVENT=4033\n"
            + "BRAMBLE_CLIENT=garden-cam\nBRAMBLE_BOOT_FOLDER\n\u0009\0\0\0\0\0\0\0two\nlines\n",
            Receive());
    }

    [Fact]
    public void Where_the_journal_does_not_listen_it_is_refused_at_once()
    {
        using var socket = new JournalSocket(System.IO.Path.Combine(_folder.FullName, "nobody"));
        Assert.False(socket.TrySend([("MESSAGE", "hello")]));
    }

    private string Receive()
    {
        byte[] entry = new byte[65536];
        return Encoding.UTF8.GetString(entry, 0, _journal.Receive(entry));
    }

    [LoggerMessage(4033, LogLevel.Warning, "The root of {Client} is in {BootFolder}")]
    private static partial void LogOpened(ILogger logger, string client, string bootFolder);
}
