using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Linux.Net;
using Xunit;

namespace Bramble.Tests.Configuration;

public sealed class ConfigFileTests
{
    private static BrambleConfig Good(string text)
    {
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Parse("b.conf", text);
        Assert.Empty(errors);
        return config!;
    }

    [Fact]
    public void Empty_text_gives_the_defaults()
    {
        BrambleConfig config = Good("");
        Assert.Equal(DhcpServiceMode.Auto, config.DhcpMode);
        Assert.Equal(69, config.TftpPort);
        Assert.True(config.CheckAddress);
    }

    [Fact]
    public void Byte_order_mark_and_CRLF_are_accepted()
    {
        BrambleConfig config = Good("\uFEFF[dhcp]\r\nmode = proxy\r\n\r\n# note\r\n; note\r\n[server]\r\nname = \"My box\"\r\n");
        Assert.Equal(DhcpServiceMode.Proxy, config.DhcpMode);
        Assert.Equal("My box", config.ServerName);
    }

    [Fact]
    public void Values_of_every_shape_are_read()
    {
        BrambleConfig config = Good("""
            [server]
            interface = eth0, eth1
            [dhcp]
            pool = 10.0.0.10 - 10.0.0.20
            lease-time = 7d
            dns = 10.0.0.1 10.0.0.2
            others = no
            [tftp]
            check-address = no
            [clients]
            enrol = list
            root = iscsi
            [storage]
            data = /data/bramble/
            """);
        Assert.Equal(["eth0", "eth1"], config.Interfaces);
        Assert.Equal((Ipv4Address.Parse("10.0.0.10"), Ipv4Address.Parse("10.0.0.20")), Assert.Single(config.Pools));
        Assert.Equal(TimeSpan.FromDays(7), config.LeaseTime);
        Assert.Equal(2, config.DnsServers.Count);
        Assert.False(config.OthersGetAddresses);
        Assert.False(config.CheckAddress);
        Assert.Equal("/data/bramble", config.DataFolder);
    }

    [Theory]
    [InlineData("[dhcp]\nlease_time = 1h", 2, "did you mean 'lease-time'?")]
    [InlineData("[dhpc]\nmode = auto", 2, "did you mean [dhcp]?")]
    [InlineData("[tftp]\nlease-time = 1h", 2, "'lease-time' belongs into [dhcp].")]
    [InlineData("[dhcp]\nmode = maybe", 2, "use one of: auto, server, proxy, off.")]
    [InlineData("[dhcp]\nmode = 1", 2, "use one of: auto, server, proxy, off.")]
    [InlineData("[dhcp]\npool = 10.0.0.9-10.0.0.1", 2, "the lower first.")]
    [InlineData("[dhcp]\npool = 10.0.0.9", 2, "such as 192.168.1.100-192.168.1.199")]
    [InlineData("[dhcp]\nlease-time = 5", 2, "a number with a unit")]
    [InlineData("[dhcp]\nlease-time = 99999999999d", 2, "a number with a unit")]
    [InlineData("[dhcp]\ngateway = 10.0.0.256", 2, "addresses such as")]
    [InlineData("[dhcp]\npool = 10.0.0.9-10.0.0.20, 10.1.0.9", 2, "such as 192.168.1.100-192.168.1.199")]
    [InlineData("[dhcp]\nroutes = 10.0.0.0/8 over 192.168.1.1", 2, "such as 10.0.0.0/8 via 192.168.1.1")]
    [InlineData("[dhcp]\nrelayed = 10.0.8.0 via 10.0.8.1", 2, "such as 10.0.0.0/8 via 192.168.1.1")]
    [InlineData("[dhcp]\noption.0 = u8 1", 2, "from 1 to 254")]
    [InlineData("[dhcp]\noption.255 = u8 1", 2, "from 1 to 254")]
    [InlineData("[dhcp]\noption.x = u8 1", 2, "from 1 to 254")]
    [InlineData("[dhcp]\noption.3 = ip 10.0.0.1", 2, "a key of its own: gateway.")]
    [InlineData("[dhcp]\noption.51 = u32 60", 2, "a key of its own: lease-time.")]
    [InlineData("[dhcp]\noption.43 = hex 00", 2, "boards that it boots")]
    [InlineData("[dhcp]\noption.82 = hex 00", 2, "only clients send it")]
    [InlineData("[dhcp]\noption.150 = 192.168.1.5", 2, "a kind and a value")]
    [InlineData("[dhcp]\noption.150 = ip 192.168.1", 2, "a kind and a value")]
    [InlineData("[dhcp]\noption.26 = u16 70000", 2, "a kind and a value")]
    [InlineData("[dhcp]\noption.252 = hex 0a:f", 2, "a kind and a value")]
    [InlineData("[dhcp]\noption.150 = u8 1\noption.150 = u8 2", 3, "remove one of the two lines.")]
    [InlineData("[tftp]\nport = 70000", 2, "from 1 to 65535")]
    [InlineData("[dhcp]\nothers = perhaps", 2, "'yes' or 'no'")]
    [InlineData("[storage]\ndata = srv", 2, "absolute path")]
    [InlineData("[server]\ninterface = a/b", 2, "'ip link' lists them")]
    [InlineData("[log]\nlevel =", 2, "debug, info")]
    [InlineData("mode = auto", 1, "put a [section] line above it")]
    [InlineData("[dhcp\nx", 1, "[name]")]
    [InlineData("[dhcp]\nwhat", 2, "'key = value'")]
    [InlineData("[dhcp]\nmode = auto\nmode = proxy", 3, "remove one of the two lines.")]
    public void A_mistake_is_told_with_its_line_and_the_fix(string text, int line, string fix)
    {
        (_, IReadOnlyList<ConfigError> errors) = ConfigFile.Parse("b.conf", text);
        ConfigError error = errors[0];
        Assert.Equal(line, error.Line);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.StartsWith($"b.conf:{line}: ", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("option.150 = ip 192.168.1.5, 192.168.1.6", 150, "C0A80105C0A80106", false)]
    [InlineData("option.252 = text http://wpad/a b", 252, "687474703A2F2F777061642F612062", false)]
    [InlineData("option.19 = u8 1", 19, "01", false)]
    [InlineData("option.26 = always u16 1400", 26, "0578", true)]
    [InlineData("option.24 = u32 4294967295", 24, "FFFFFFFF", false)]
    [InlineData("option.224 = hex 0a:ff 00", 224, "0AFF00", false)]
    public void Options_by_number_are_read(string line, byte code, string value, bool always)
    {
        DhcpExtraOption option = Assert.Single(Good("[dhcp]\n" + line).ExtraOptions);
        Assert.Equal((code, value, always), (option.Code, Convert.ToHexString(option.Value), option.Always));
    }

    [Fact]
    public void Routes_are_read()
    {
        BrambleConfig config = Good("[dhcp]\nroutes = 10.0.0.0/8 via 192.168.1.1, 0.0.0.0/0 VIA 192.168.1.2\n");
        Assert.Equal(["10.0.0.0/8 192.168.1.1", "0.0.0.0/0 192.168.1.2"], config.Routes.Select(r => $"{r.Destination} {r.Router}"));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_order()
    {
        (_, IReadOnlyList<ConfigError> errors) = ConfigFile.Parse("b.conf", "[dhcp]\nmood = auto\n[tftp]\nport = x\n");
        Assert.Equal([2, 4], errors.Select(e => e.Line));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_with_the_way_to_make_one()
    {
        (_, IReadOnlyList<ConfigError> errors) = ConfigFile.Load("/nonexistent/b.conf");
        Assert.Contains("bramble config default", Assert.Single(errors).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        byte[] bytes = new byte[400];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(bytes);
            ConfigFile.Parse("b.conf", "[dhcp]\n" + System.Text.Encoding.Latin1.GetString(bytes));
        }
    }

    [Fact]
    public void The_default_file_names_every_key_and_is_itself_without_mistakes()
    {
        string text = ConfigSchema.DefaultFile();
        Good(text);
        Assert.All(ConfigSchema.Keys, key => Assert.Contains($"#{key.Name} =", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_default_in_the_file_is_a_right_value_and_the_one_that_holds()
    {
        var fromText = new BrambleConfig();
        foreach (ConfigKey key in ConfigSchema.Keys.Where(k => k.Default.Length > 0))
        {
            Assert.Null(key.Apply(fromText, new IniEntry(key.Section, key.Name, key.Default, 0)));
        }

        var builtIn = new BrambleConfig();
        Assert.Equal(builtIn, fromText with
        {
            Interfaces = builtIn.Interfaces,
            Pools = builtIn.Pools,
            Gateways = builtIn.Gateways,
            DnsServers = builtIn.DnsServers,
            NtpServers = builtIn.NtpServers,
            Routes = builtIn.Routes,
            Relayed = builtIn.Relayed,
            ExtraOptions = builtIn.ExtraOptions,
            SkippedEdits = builtIn.SkippedEdits,
        });
    }

    [Theory]
    [InlineData("docs/reference/configuration.md")]
    [InlineData("overlays/rootfs/etc/bramble/bramble.conf")]
    public void The_printed_files_in_the_tree_are_those_of_the_table(string file)
    {
        string expected = file.EndsWith(".md", StringComparison.Ordinal) ? ConfigReference.Page() : ConfigSchema.DefaultFile();
        Assert.Equal(expected, File.ReadAllText(Path.Combine(RepositoryRoot(), file)));
    }

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Appliance.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
