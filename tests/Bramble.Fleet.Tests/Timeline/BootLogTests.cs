using System.Text;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Timeline;

public sealed class BootLogTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Lines_are_put_together_from_datagrams_and_have_the_time_of_their_beginning()
    {
        var log = new BootLog([]);
        Assert.Equal(0, log.Append("Boot mode: "u8, s_start));
        Assert.Equal(2, log.Append("NETWORK (02)\r\n\nLINK STATUS\tup\nlast"u8, s_start.AddSeconds(1)));
        Assert.Equal(
            [new(s_start, "Boot mode: NETWORK (02)"), new(s_start.AddSeconds(1), "LINK STATUS up"), new BootLogLine(s_start.AddSeconds(1), "last")],
            log.Lines);
    }

    [Fact]
    public void Whatever_comes_only_printable_text_of_bounded_length_is_kept()
    {
        var log = new BootLog([]);
        var random = new Random(7);
        byte[] octets = new byte[1472];
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(octets);
            log.Append(octets.AsSpan(0, random.Next(octets.Length)), s_start.AddSeconds(i));
        }

        log.Append("\n\u001b[2J<script>\n"u8, s_start);
        Assert.Equal(".[2J<script>", log.Lines[^1].Text);
        Assert.InRange(log.Lines.Length, BootLog.MaxLines, BootLog.MaxLines + 1);
        Assert.All(log.Lines, static line => Assert.True(line.Text.Length is > 0 and <= BootLog.MaxLength && line.Text.All(static c => c is >= ' ' and < '\u007f'), line.Text));
    }

    [Fact]
    public void A_line_without_an_end_is_cut()
    {
        var log = new BootLog([]);
        for (int i = 0; i < 100; i++)
        {
            log.Append(Encoding.ASCII.GetBytes(new string('x', 1000)), s_start);
        }

        Assert.Equal(new string('x', BootLog.MaxLength), Assert.Single(log.Lines).Text);
    }

    [Fact]
    public void Of_too_many_boards_the_one_that_was_silent_longest_loses_its_log()
    {
        var logs = new BootLogs();
        for (uint i = 0; i < BootLogs.MaxBoards; i++)
        {
            logs.Append(new MacAddress(i), "one\n"u8, s_start.AddSeconds(i));
        }

        logs.Append(new MacAddress(0), "again\n"u8, s_start.AddSeconds(100));
        logs.Append(new MacAddress(1000), "new\n"u8, s_start.AddSeconds(101));
        Assert.Equal(2, logs.Of(new MacAddress(0)).Length);
        Assert.Empty(logs.Of(new MacAddress(1)));
        Assert.Single(logs.Of(new MacAddress(2)));
    }

    [Fact]
    public void A_log_is_written_once_a_minute_at_most_and_at_the_end()
    {
        var logs = new BootLogs();
        var board = new MacAddress(1);
        logs.Append(board, "one\n"u8, s_start);
        Assert.Equal([board], logs.TakeUnsaved(s_start, all: false));
        logs.Append(board, "two\n"u8, s_start.AddSeconds(1));
        Assert.Empty(logs.TakeUnsaved(s_start.AddSeconds(59), all: false));
        Assert.Equal([board], logs.TakeUnsaved(s_start.AddSeconds(59), all: true));
        Assert.Empty(logs.TakeUnsaved(s_start.AddSeconds(500), all: false));
    }
}
