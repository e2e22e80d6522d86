using System.Text;
using System.Text.Json;
using System.Xml;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Panel;
using Bramble.Panel.Leds;
using Bramble.Panel.Pages;
using Bramble.Web;
using Xunit;

namespace Bramble.Tests.Web;

public sealed class WebPagesTests
{
    private const string Nasty = "<script>alert('x')</script>&\"";
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("/")]
    [InlineData("/boot/kiosk")]
    [InlineData("/boot/91cdf03d")]
    [InlineData("/boot/00000bad")]
    [InlineData("/fault/BR112")]
    public async Task Every_page_is_whole_and_names_nothing_from_elsewhere(string path)
    {
        WebReply reply = await Pages().GetAsync(path, CancellationToken.None);
        string html = Encoding.UTF8.GetString(reply.Body.Span);
        Assert.Equal((200, WebReply.Html), (reply.Status, reply.Type));
        Assert.DoesNotContain("http:", html.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        AssertBalanced(html[html.IndexOf("<main>", StringComparison.Ordinal)..(html.IndexOf("</main>", StringComparison.Ordinal) + 7)]);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/boot/nobody")]
    [InlineData("/fault/BR999")]
    [InlineData("/page.css/../page.js")]
    [InlineData("/boot/")]
    public async Task What_is_not_there_is_not_found(string path) => Assert.Equal(404, (await Pages().GetAsync(path, CancellationToken.None)).Status);

    [Fact]
    public async Task The_worst_is_on_top()
    {
        string html = Encoding.UTF8.GetString((await Pages().GetAsync("/", CancellationToken.None)).Body.Span);
        string list = html[html.IndexOf("<ul class=\"clients\">", StringComparison.Ordinal)..];
        Assert.True(list.IndexOf(">kiosk<", StringComparison.Ordinal) < list.IndexOf(">alpha<", StringComparison.Ordinal));
        Assert.Contains("/fault/BR112", html, StringComparison.Ordinal);
        Assert.Contains("bramble client approve 00000bad", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imports_that_run_or_failed_are_among_the_images()
    {
        string html = Encoding.UTF8.GetString((await Pages().GetAsync("/", CancellationToken.None)).Body.Span);
        Assert.Contains("<progress max=\"1\" value=\"0.33\"></progress>", html, StringComparison.Ordinal);
        Assert.Contains("<strong>b.img</strong><span>Reading</span><span></span>", html, StringComparison.Ordinal);
        Assert.Contains("<strong>c.img</strong><span>not imported: ", html, StringComparison.Ordinal);
        Assert.DoesNotContain("d.img", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_and_json_are_passed_on()
    {
        Assert.Equal("bramble_info 1\n", Encoding.UTF8.GetString((await Pages().GetAsync("/metrics", CancellationToken.None)).Body.Span));
        Assert.Equal("application/json", (await Pages().GetAsync("/status.json", CancellationToken.None)).Type);
        WebReply panel = await Pages().GetAsync("/panel.png", CancellationToken.None);
        Assert.Equal("image/png", panel.Type);
        Assert.Equal("\u0089PNG", Encoding.Latin1.GetString(panel.Body.Span[..4]));
    }

    [Fact]
    public void An_event_has_its_name_in_front_of_each_line() => Assert.Equal("data: a\ndata: b\n\n", WebServer.Event("a\r\nb\n"));

    [Theory]
    [InlineData("192.168.1.5", true)]
    [InlineData("[fe80::1]", true)]
    [InlineData("bramble", true)]
    [InlineData("Bramble.local", true)]
    [InlineData("pi.lan.", true)]
    [InlineData("pi.example.org", true)]
    [InlineData("evil.com", false)]
    [InlineData("example.org.evil.com", false)]
    [InlineData("evilexample.org", false)]
    [InlineData("", false)]
    public void Only_names_of_the_local_network_are_answered(string host, bool answered) => Assert.Equal(answered, WebHeaders.IsLocalName(host, "example.org"));

    [Fact]
    public void A_stage_lasts_until_the_next_one_that_was_seen()
    {
        BootStatus boot = Boot("up", ("discover", 0), ("bound", 2), ("firmware", 3), ("root", 10), ("up", 25));
        Assert.Equal([(0, 0, 2), (2, 2, 3), (3, 3, 10), (5, 10, 25)], StagePicture.Pieces(boot));
        Assert.Equal([(0, 0, 2), (2, 2, 42)], StagePicture.Pieces(Boot("bound", ("discover", 0), ("bound", 2)) with { SilentSeconds = 40 }));
    }

    private static void AssertBalanced(string fragment)
    {
        // Our pages are written as XML but for entities, which the encoder writes as numbers.
        using var reader = XmlReader.Create(new StringReader(fragment.Replace("&quot;", "&#34;", StringComparison.Ordinal).Replace(" hidden>", " hidden=\"\">", StringComparison.Ordinal)));
        while (reader.Read())
        {
        }

        Assert.True(reader.EOF);
    }

    private static WebPages Pages() => new(new Source());

    private static BootStatus Boot(string stage, params (string Stage, double Seconds)[] stages) => new()
    {
        Number = 3, Started = s_now, Stage = stage, Stages = stages.ToDictionary(static s => s.Stage, static s => s.Seconds), SilentSeconds = 0,
    };

    private sealed class Source : IFleetSource
    {
        private static readonly FleetStatus s_fleet = new()
        {
            Time = s_now,
            Server = new ServerStatus(Nasty, "10.77.0.2", "server", "list", null),
            Counts = new FleetCounts(1, 0, 1, 0, 1),
            Images = [new ImageStatus("trixie", Nasty, 2_000_000_000, 2)],
            Imports =
            [
                new ImportStatus(Nasty, s_now) { Step = Nasty, Done = 1, Total = 3 }, new ImportStatus("b.img", s_now) { Step = "Reading" },
                new ImportStatus("c.img", s_now) { Ended = s_now, Failure = Nasty }, new ImportStatus("d.img", s_now) { Ended = s_now },
            ],
            Clients =
            [
                Client("alpha", "up", Boot("up", ("discover", 0), ("up", 30))),
                Client("kiosk", "stuck", Boot("bound", ("discover", 0), ("bound", 2))) with
                {
                    Board = "91cdf03d", Mac = "e4:5f:01:09:02:f7", Fault = new Fault(FaultCode.NobodyAnswers, Nasty, Nasty, Nasty, Nasty, s_now),
                },
            ],
            Unassigned = [new BoardStatus { Board = "00000bad", Mac = "dc:a6:32:00:0b:ad", Model = Nasty, FirstSeen = s_now, LastSeen = s_now }],
            Faults = [new Fault(FaultCode.SecondServer, "Two", Nasty, Nasty, Nasty, s_now)],
        };

        public Task<string> StatusJsonAsync(CancellationToken cancellation) => Task.FromResult(JsonSerializer.Serialize(s_fleet, FleetJson.Default.FleetStatus));

        public Task<string> FilesJsonAsync(string name, CancellationToken cancellation) =>
            Task.FromResult($$"""[{"path":"{{JsonEncodedText.Encode(Nasty)}}","result":"timedOut","length":5,"bytes":3,"seconds":1,"bytesPerSecond":3,"blockSize":1468,"asked":1,"probes":0,"retransmits":2}]""");

        public Task<string> LogJsonAsync(string name, CancellationToken cancellation) =>
            Task.FromResult($$"""[{"time":"2026-01-02T03:04:05+00:00","seconds":-1.5,"text":"{{JsonEncodedText.Encode(Nasty)}}"}]""");

        public Task<string> MetricsAsync(CancellationToken cancellation) => Task.FromResult("bramble_info 1\n");

        public Task<PanelSnapshot> PanelAsync(CancellationToken cancellation) =>
            Task.FromResult(new PanelSnapshot(128, 64, new byte[1024], IsOn: true, PageKind.Overview, LedSignal.Serving));

        public Task<long> ChangedAsync(long seen, CancellationToken cancellation) => Task.FromResult(seen + 1);

        private static ClientStatus Client(string name, string state, BootStatus boot) => new()
        {
            Name = name, State = state, HostName = name, Image = "trixie", Root = "nfs", RootState = "ready", Boot = boot,
        };
    }
}
