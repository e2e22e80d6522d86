using System.Text;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Ports;
using Bramble.Fleet.Status;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Support;

/// <summary>A fleet service with everything around it in memory but the state folder.</summary>
internal sealed class TestFleet : IAsyncDisposable, INeighbours, IRootConnections
{
    public static readonly Ipv4Address Server = Ipv4Address.Parse("10.77.0.2");
    public static readonly ServerNetwork Network = new(Server, Ipv4Subnet.Of(Server, 24));
    public static readonly ServerNetwork SecondNetwork = new(Ipv4Address.Parse("10.78.0.2"), Ipv4Subnet.Of(Ipv4Address.Parse("10.78.0.2"), 24));
    public static readonly Ipv4Address PiAddress = Ipv4Address.Parse("10.77.0.50");
    public static readonly BoardIdentity Pi4 = Board("e4:5f:01:09:02:f7", PiFamily.Pi4, "91cdf03d", 0xd03114, PiModel.Pi4B);
    public static readonly BoardIdentity Pi3Rom = Board("b8:27:eb:07:bc:c6", PiFamily.Pi3, null, null, PiModel.Unknown);
    public static readonly BoardIdentity Pi3 = Board("b8:27:eb:07:bc:c6", PiFamily.Pi3, "8b07bcc6", null, PiModel.Unknown);
    public static readonly BoardIdentity Laptop = Board("52:54:00:00:00:99", PiFamily.None, null, null, PiModel.Unknown);

    private readonly TempFolder _folder;
    private readonly bool _ownsFolder;

    public TestFleet(Func<FleetOptions, FleetOptions>? change = null, TempFolder? folder = null)
    {
        _ownsFolder = folder is null;
        _folder = folder ?? new TempFolder();
        Storage = new FakeStorage(Path.Combine(_folder.Path, "data"));
        var options = new FleetOptions { Networks = [Network], StateFolder = Path.Combine(_folder.Path, "state") };
        Options = change is null ? options : change(options);
        Fleet = new FleetService(Options, Storage, Reader, this, Time, Log, this, Storage);
    }

    public FleetOptions Options { get; }

    public FleetService Fleet { get; }

    public FakeStorage Storage { get; }

    public FakeReader Reader { get; } = new();

    public ManualTime Time { get; } = new();

    public MemoryLog Log { get; } = new();

    public Dictionary<Ipv4Address, MacAddress> Neighbours { get; } = [];

    public List<Ipv4Address> Confirmed { get; } = [];

    public List<Ipv4Address> Asked { get; } = [];

    public List<TcpConnection> Connections { get; } = [];

    public ushort NextPort { get; set; } = 49152;

    public static BoardIdentity Board(string mac, PiFamily family, string? serial, uint? revision, PiModel model)
    {
        Assert.True(MacAddress.TryParse(mac, out MacAddress parsed));
        return new BoardIdentity(parsed, family, serial is null ? null : BoardSerial.TryParse(serial, out BoardSerial s) ? s : null, revision, model);
    }

    /// <summary>A started fleet that has one image.</summary>
    public static async Task<TestFleet> StartAsync(Func<FleetOptions, FleetOptions>? change = null, TempFolder? folder = null, bool image = true)
    {
        var fleet = new TestFleet(change, folder);
        if (image)
        {
            fleet.Storage.AddImage("trixie");
        }

        await fleet.Fleet.StartAsync(CancellationToken.None);
        return fleet;
    }

    public void Dhcp(DhcpEventKind kind, BoardIdentity board, ClientStage stage = ClientStage.Firmware, string address = "10.77.0.50", string server = "10.77.0.2") =>
        Fleet.OnDhcp(new DhcpEvent(Time.Now, kind, board, stage, Ipv4Address.Parse(address), Ipv4Address.Parse(server), 7));

    public void Transfer(TftpTransferOutcome outcome, string path, long length = 1000, Ipv4Address? client = null) =>
        Fleet.OnTransfer(new TftpTransferEvent(
            Time.Now, client ?? PiAddress, NextPort++, path, outcome, length, outcome == TftpTransferOutcome.Completed ? length : 0, 1468, 0, TimeSpan.FromSeconds(1)));

    /// <summary>Asks until the board may boot.</summary>
    public async Task<ClientStatus> ServeAsync(BoardIdentity board)
    {
        await Eventually(() => Fleet.Decide(board, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        return Client(board.Serial is { } serial ? $"pi-{serial}" : "");
    }

    public ClientStatus Client(string name) => Fleet.GetStatus().Clients.First(c => c.Name == name);

    /// <summary>The DHCP part of a healthy boot.</summary>
    public async Task BindAsync(BoardIdentity board, string address = "10.77.0.50")
    {
        await ServeAsync(board);
        Dhcp(DhcpEventKind.Discover, board);
        Dhcp(DhcpEventKind.Offer, board, address: address);
        Dhcp(DhcpEventKind.Request, board, address: address);
        Dhcp(DhcpEventKind.Ack, board, address: address);
    }

    public string? Read(string path, Ipv4Address? client = null)
    {
        TftpOpenResult result = Fleet.Open(client ?? PiAddress, path);
        if (result.Content is not { } content)
        {
            return null;
        }

        byte[] bytes = new byte[content.Length];
        Assert.Equal(bytes.Length, content.Read(0, bytes));
        content.Dispose();
        return Encoding.UTF8.GetString(bytes);
    }

    public static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(5);
        }

        Assert.Fail("It did not come true.");
    }

    public bool TryFind(Ipv4Address address, out MacAddress mac) => Neighbours.TryGetValue(address, out mac);

    public void Confirm(Ipv4Address address) => Confirmed.Add(address);

    public void Ask(Ipv4Address address) => Asked.Add(address);

    public IReadOnlyList<TcpConnection> Read() => Connections;

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        if (_ownsFolder)
        {
            _folder.Dispose();
        }
    }
}
