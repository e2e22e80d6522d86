using Bramble.Panel.Button;
using Bramble.Panel.Control;
using Bramble.Panel.Display;
using Bramble.Panel.Drawing;
using Bramble.Panel.Pages;
using Bramble.Panel.State;
using Bramble.Panel.Tests.Support;
using Bramble.VirtualPanel;

namespace Bramble.Panel.Tests.Pages;

/// <summary>Every page on every display: drawn, sent by the driver, decoded by the display's model, and compared with the golden picture.</summary>
public sealed class PagePictureTests
{
    private static readonly Dictionary<string, (PageKind Page, PanelState State, PageContext Context)> s_pages = new()
    {
        ["overview"] = (PageKind.Overview, States.Calm, new() { Count = 6 }),
        ["overview-busy"] = (PageKind.Overview, States.Troubled, new() { Count = 8 }),
        ["overview-no-cable"] = (PageKind.Overview, States.NoCable, new() { Count = 6 }),
        ["boots"] = (PageKind.Boots, States.Busy, new() { Index = 1, Count = 7 }),
        ["boots-turned"] = (PageKind.Boots, States.Busy, new() { Index = 1, Count = 7, Shown = TimeSpan.FromSeconds(7) }),
        ["fault"] = (PageKind.Fault, States.Troubled, new() { Index = 2, Count = 8 }),
        ["fault-turned"] = (PageKind.Fault, States.Troubled, new() { Index = 2, Count = 8, Shown = TimeSpan.FromSeconds(4) }),
        ["fault-attention"] = (PageKind.Fault, States.Waiting, new() { Index = 1, Count = 7 }),
        ["pairing-closed"] = (PageKind.Pairing, States.Calm, new() { Index = 1, Count = 6 }),
        ["pairing-waiting"] = (PageKind.Pairing, States.Waiting, new() { Index = 2, Count = 7 }),
        ["pairing-open"] = (PageKind.Pairing, States.Pairing, new() { Index = 1, Count = 6 }),
        ["pairing-paired"] = (PageKind.Pairing, States.Paired, new() { Index = 1, Count = 6 }),
        ["pairing-not-needed"] = (PageKind.Pairing, States.OpenDoor, new() { Index = 1, Count = 6 }),
        ["pairing-by-list"] = (PageKind.Pairing, States.ByList, new() { Index = 2, Count = 7 }),
        ["import"] = (PageKind.Import, States.Importing, new() { Index = 2, Count = 7 }),
        ["import-turned"] = (PageKind.Import, States.Importing, new() { Index = 2, Count = 7, Shown = TimeSpan.FromSeconds(4) }),
        ["import-step"] = (PageKind.Import, States.ImportingStep, new() { Index = 2, Count = 7 }),
        ["import-two"] = (PageKind.Import, States.ImportingTwo, new() { Index = 2, Count = 7 }),
        ["import-done"] = (PageKind.Import, States.Imported, new() { Index = 2, Count = 7 }),
        ["import-failed"] = (PageKind.Import, States.NotImported, new() { Index = 2, Count = 7 }),
        ["storage"] = (PageKind.Storage, States.Calm, new() { Index = 2, Count = 6 }),
        ["storage-full"] = (PageKind.Storage, States.FullDisk, new() { Index = 2, Count = 6 }),
        ["network"] = (PageKind.Network, States.Calm, new() { Index = 3, Count = 6 }),
        ["network-rival"] = (PageKind.Network, States.Rival, new() { Index = 3, Count = 6 }),
        ["network-no-cable"] = (PageKind.Network, States.NoCable, new() { Index = 3, Count = 6 }),
        ["ssh-key"] = (PageKind.SshKey, States.Calm, new() { Index = 4, Count = 6 }),
        ["about"] = (PageKind.About, States.Calm, new() { Index = 5, Count = 6 }),
        ["starting"] = (PageKind.Starting, States.Calm, new()),
        ["updating"] = (PageKind.Updating, States.Calm, new()),
        ["shutting-down"] = (PageKind.ShuttingDown, States.Calm, new()),
        ["resetting"] = (PageKind.Resetting, States.Calm, new()),
        ["hold-pairing"] = (PageKind.Hold, States.Calm, new() { Stage = HoldStage.Pairing, Held = TimeSpan.FromSeconds(2.5) }),
        ["hold-close-pairing"] = (PageKind.Hold, States.Pairing, new() { Stage = HoldStage.Pairing, Held = TimeSpan.FromSeconds(1.1) }),
        ["hold-shutdown"] = (PageKind.Hold, States.Calm, new() { Stage = HoldStage.Shutdown, Held = TimeSpan.FromSeconds(9) }),
        ["hold-countdown"] = (PageKind.Hold, States.Calm, new() { Stage = HoldStage.Countdown, Held = TimeSpan.FromSeconds(14.2) }),
        ["hold-no-reset"] = (PageKind.Hold, States.Calm with { CanReset = false }, new() { Stage = HoldStage.Countdown, Held = TimeSpan.FromSeconds(14.2) }),
        ["hold-reset"] = (PageKind.Hold, States.Calm, new() { Stage = HoldStage.Reset, Held = TimeSpan.FromSeconds(23) }),
        ["hold-too-long"] = (PageKind.Hold, States.Calm, new() { Stage = HoldStage.TooLong, Held = TimeSpan.FromSeconds(40) }),
        ["notice"] = (PageKind.Notice, States.Calm, new() { NoticeTitle = "Stopped", NoticeText = "Nothing was changed." }),
    };

    public static TheoryData<string> Names => new(s_pages.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_looks_as_it_was_found_right(string name)
    {
        (PageKind page, PanelState state, PageContext context) = s_pages[name];
        foreach ((DisplayModel model, string suffix) in new[] { (DisplayModel.Ssd1306At64, "64"), (DisplayModel.Sh1106, "64"), (DisplayModel.Ssd1306At32, "32") })
        {
            using var glass = new OledModel(model);
            var display = new OledDisplay(glass.CreateDevice(0x3C), model);
            Canvas drawn = PageRenderer.Draw(page, state, context, display.Width, display.Height);
            display.Show(new PanelFrame(page, drawn, IsOn: true, Contrast: 200), TimeSpan.Zero);
            Golden.Check($"{name}-{suffix}", glass.Glass());
        }
    }

    [Fact]
    public void Every_page_has_a_picture()
    {
        Assert.Equal(Enum.GetValues<PageKind>(), s_pages.Values.Select(p => p.Page).Distinct().Order());
    }

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public void No_page_draws_where_the_picture_wanders(int height)
    {
        foreach ((PageKind page, PanelState state, PageContext context) in s_pages.Values)
        {
            Canvas drawn = PageRenderer.Draw(page, state, context, 128, height);
            for (int i = 0; i < 128; i++)
            {
                Assert.False(drawn[i, height - 1], $"{page} draws on the last row");
                Assert.False(i < height && (drawn[126, i] || drawn[127, i]), $"{page} draws on the last columns");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("北京的树莓派")]
    [InlineData("\ud800 half a surrogate")]
    [InlineData("\0\u0001\u001b[31mred")]
    [InlineData("a very long name that does not fit on any display of this world, and goes on")]
    [InlineData("e\u0301t\u0301 🫐🥧")]
    [InlineData("عربي עברית ไทย हिन्दी")]
    public void Any_text_can_be_shown(string text)
    {
        PanelState state = States.Troubled with
        {
            Name = text,
            Version = text,
            Machine = text,
            DhcpMode = text,
            SshFingerprint = text,
            Boots = [new(text, text, double.NaN, TimeSpan.FromDays(-1)), new(text, text, 7, TimeSpan.MaxValue)],
            Faults = [new(text, text, text, text)],
            Imports = [new(text, text, double.NaN), new(text, text, -3), new(text, text, null) { HasEnded = true, Failure = text }],
            Storage = new PanelStorage(long.MinValue, 0, -1, TimeSpan.MaxValue),
            Network = new PanelNetwork { Interface = text, Address = text, OtherServer = text },
            Pairing = new PanelPairing { Left = TimeSpan.FromDays(-3), Boards = [new(text, text, true)] },
        };
        foreach (PageKind page in Enum.GetValues<PageKind>())
        {
            PageRenderer.Draw(page, state, new PageContext { NoticeTitle = text, NoticeText = text }, 128, 64);
            PageRenderer.Draw(page, state, new PageContext { NoticeTitle = text, NoticeText = text }, 128, 32);
        }
    }
}
