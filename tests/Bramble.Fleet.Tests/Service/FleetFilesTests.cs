using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Tests.Support;
using Bramble.Linux.Net;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Service;

public class FleetFilesTests
{
    private static readonly Ipv4Address s_other = Ipv4Address.Parse("10.77.0.66");

    [Theory]
    [InlineData("91cdf03d/start4.elf")]
    [InlineData("91CDF03D/start4.elf")]
    [InlineData("e4-5f-01-09-02-f7/start4.elf")]
    [InlineData("E4-5F-01-09-02-F7/start4.elf")]
    [InlineData("start4.elf")]
    public async Task A_board_reads_its_files_by_every_prefix_of_its_own(string path)
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        Assert.Equal("start4", t.Read(path));
    }

    [Theory]
    [InlineData("8b07bcc6/start4.elf")]
    [InlineData("b8-27-eb-07-bc-c6/start4.elf")]
    [InlineData("00000000/start4.elf")]
    public async Task The_prefix_of_another_board_is_refused(string path)
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi3, "10.77.0.51");
        await t.BindAsync(TestFleet.Pi4);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.Equal(TftpOpenResult.Denied, t.Fleet.Open(TestFleet.PiAddress, path));
    }

    [Fact]
    public async Task An_address_that_nobody_knows_reads_nothing()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        Assert.Equal(TftpOpenResult.Denied, t.Fleet.Open(s_other, "91cdf03d/start4.elf"));
        Assert.Equal(TftpOpenResult.NotFound, t.Fleet.Open(s_other, "start4.elf"));
        Assert.Empty(t.Reader.Asked);
    }

    [Fact]
    public async Task With_the_relaxed_check_the_prefix_is_trusted()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { RelaxedAddressCheck = true });
        await t.BindAsync(TestFleet.Pi4);
        Assert.Equal("start4", t.Read("91cdf03d/start4.elf", s_other));
        Assert.Equal("start4", t.Read("e4-5f-01-09-02-f7/start4.elf", s_other));
        Assert.Null(t.Read("00000000/start4.elf", s_other));
    }

    [Fact]
    public async Task After_a_restart_the_neighbour_table_tells_who_asks()
    {
        using var folder = new TempFolder();
        await using (TestFleet first = await TestFleet.StartAsync(folder: folder))
        {
            await first.BindAsync(TestFleet.Pi4);
        }

        await using TestFleet t = await TestFleet.StartAsync(folder: folder);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.Equal("start4", t.Read("91cdf03d/start4.elf"));
        Assert.Equal("start4", t.Read("start4.elf"));
        Assert.Empty(t.Storage.Prepared);
        Assert.Equal(1, t.Client("pi-91cdf03d").Boot!.Number);
        Assert.Equal(BootDisposition.Serve, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
    }

    [Fact]
    public async Task A_board_on_the_second_network_is_told_the_address_that_it_can_reach()
    {
        var address = Ipv4Address.Parse("10.78.0.50");
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Networks = [TestFleet.Network, TestFleet.SecondNetwork] });
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware, TestFleet.SecondNetwork.Address).Disposition == BootDisposition.Serve);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi4, address: address.ToString(), server: "10.78.0.2");
        Assert.Contains("nfsroot=10.78.0.2:", t.Read("91cdf03d/cmdline.txt", address), StringComparison.Ordinal);
        Assert.Equal("10.78.0.2", Assert.Single(t.Storage.Prepared).ServerAddress);
        Assert.Equal("10.77.0.2, 10.78.0.2", t.Fleet.GetStatus().Server.Address);
    }

    [Fact]
    public async Task A_board_that_got_the_address_of_another_is_found_by_the_neighbour_table()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Mode = FleetMode.Proxy });
        await t.ServeAsync(TestFleet.Pi4);
        await t.ServeAsync(TestFleet.Pi3);
        t.Dhcp(DhcpEventKind.Request, TestFleet.Pi3);
        t.Neighbours[TestFleet.PiAddress] = TestFleet.Pi4.Mac;
        Assert.Equal("start4", t.Read("91cdf03d/start4.elf"));
    }

    [Fact]
    public async Task A_board_cannot_claim_an_address_that_was_given_to_another()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { Mode = FleetMode.Proxy });
        await t.BindAsync(TestFleet.Pi4);
        await t.ServeAsync(TestFleet.Pi3);
        t.Dhcp(DhcpEventKind.Request, TestFleet.Pi3);
        Assert.Null(t.Read("8b07bcc6/start4.elf"));
        Assert.Equal("start4", t.Read("91cdf03d/start4.elf"));
    }

    [Fact]
    public async Task A_board_without_a_client_reads_nothing()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { EnrolmentPolicy = Bramble.Fleet.Enrolment.EnrolmentPolicy.List });
        t.Fleet.Decide(TestFleet.Pi3Rom, ClientStage.Firmware);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi3Rom);
        Assert.Null(t.Read("bootcode.bin"));
        Assert.Null(t.Read("8b07bcc6/start4.elf"));
    }

    [Theory]
    [InlineData("91cdf03d/cmdline.txt")]
    [InlineData("cmdline.txt")]
    [InlineData("91cdf03d/current/cmdline.txt")]
    public async Task The_command_line_is_made_for_the_client(string path)
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        Assert.EndsWith(
            "root=/dev/nfs nfsroot=10.77.0.2:/srv/clients/pi-91cdf03d/root,vers=3,tcp rw ip=dhcp rootwait\n", t.Read(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_without_a_command_line_gets_one()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        t.Reader.Files.Remove("cmdline.txt");
        Assert.StartsWith("console=serial0,115200 console=tty1 root=/dev/nfs", t.Read("91cdf03d/cmdline.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_line_that_cannot_be_read_is_refused()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        t.Reader.Denied.Add("cmdline.txt");
        Assert.Equal(TftpOpenResult.Denied, t.Fleet.Open(TestFleet.PiAddress, "91cdf03d/cmdline.txt"));
    }

    [Fact]
    public async Task A_command_line_under_a_name_of_config_txt_is_made_too()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        t.Reader.Files["config.txt"] = "cmdline=special.txt\n";
        t.Reader.Files["special.txt"] = "quiet root=/dev/mmcblk0p2\n";
        t.Read("91cdf03d/config.txt");
        Assert.StartsWith("quiet root=/dev/nfs", t.Read("91cdf03d/special.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_and_words_of_the_client_are_added()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Fleet.AddClient(new Client
        {
            Name = "kiosk",
            Board = BoardRef.Of(TestFleet.Pi4.Serial!.Value),
            ConfigLines = ["dtparam=audio=off"],
            CommandLine = ["loglevel=7"],
        });
        await TestFleet.Eventually(() => t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition == BootDisposition.Serve);
        t.Dhcp(DhcpEventKind.Ack, TestFleet.Pi4);
        Assert.Equal("arm_64bit=1\nauto_initramfs=1\n[all]\ndtparam=audio=off\n", t.Read("91cdf03d/config.txt"));
        Assert.EndsWith(" loglevel=7\n", t.Read("91cdf03d/cmdline.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_txt_that_grew_too_large_is_sent_as_it_is_and_is_a_fault()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        string original = new string('#', 4090) + "\n";
        t.Reader.Files["config.txt"] = original;
        t.Fleet.UpdateClient("pi-91cdf03d", c => c with { ConfigLines = ["dtparam=audio=off"] });
        Assert.Equal(original, t.Read("91cdf03d/config.txt"));
        Assert.Equal(FaultCode.ConfigTooLarge, t.Client("pi-91cdf03d").Fault?.Code);
        t.Reader.Files["config.txt"] = "x=1\n";
        t.Read("91cdf03d/config.txt");
        Assert.Null(t.Client("pi-91cdf03d").Fault);
    }

    [Fact]
    public async Task A_command_line_that_grew_too_long_is_a_fault()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        t.Fleet.UpdateClient("pi-91cdf03d", c => c with { CommandLine = [new string('x', 1600)] });
        t.Read("91cdf03d/cmdline.txt");
        Assert.Equal(FaultCode.CommandLineTooLong, t.Client("pi-91cdf03d").Fault?.Code);
    }

    [Fact]
    public async Task A_kernel_named_by_config_txt_counts_as_the_kernel()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        t.Reader.Files["config.txt"] = "kernel=RPI_EFI.fd\n";
        t.Read("91cdf03d/config.txt");
        t.Transfer(TftpTransferOutcome.Completed, "91cdf03d/RPI_EFI.fd");
        Assert.Equal("kernel", t.Client("pi-91cdf03d").Boot!.Stage);
    }
}
