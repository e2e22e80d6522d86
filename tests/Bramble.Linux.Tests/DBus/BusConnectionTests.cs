using System.Diagnostics;
using Bramble.Linux.DBus;
using Xunit;

namespace Bramble.Linux.Tests.DBus;

public sealed class BusConnectionTests : IDisposable
{
    private const string Name = "org.bramble.Test1";
    private const string Path = "/org/bramble/Test1";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly PrivateBus _bus = new();

    public void Dispose() => _bus.Dispose();

    [Fact]
    public void A_missing_bus_is_a_reason_and_no_crash()
    {
        Assert.Null(BusConnection.TryOpen("unix:path=/nowhere/socket", out string reason));
        Assert.Contains("/nowhere/socket", reason);
        Assert.Contains("No such file", reason);
        Assert.Null(BusConnection.TryOpen("not an address", out reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public async Task A_call_carries_every_type_there_and_back()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Echo", In = EchoTypes, Out = EchoTypes, Handler = call => Task.FromResult(call.Message.Values.ToArray()) });

        object[] sent =
        [
            "text ✓", uint.MaxValue, ulong.MaxValue, int.MinValue, true, false, "/a/b", new[] { "x", "", "y" }, new BusVariant("u", 7u),
            new object[] { 3u, "/job/3", "a.service", "done" },
            new Dictionary<string, object> { ["k"] = new BusVariant("s", "v"), ["l"] = new BusVariant("t", 5UL) },
            (byte)200, (short)-2, (ushort)65000, long.MinValue, 1.5, Array.Empty<string>(), new object[] { new object[] { 1, 2 } },
        ];
        BusMessage reply = await client.CallAsync(Name, Path, Name, "Echo", EchoTypes, sent);

        Assert.Equal(EchoTypes, reply.Signature);
        Assert.Equal(sent.Length, reply.Values.Count);
        for (int i = 0; i < sent.Length; i++)
        {
            Assert.Equal(sent[i], reply.Values[i]);
        }
    }

    [Fact]
    public async Task A_megabyte_of_text_goes_through()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Echo", In = "s", Out = "s", Handler = call => Task.FromResult(call.Message.Values.ToArray()) });
        string text = new('ä', 1_000_000);
        BusMessage reply = await client.CallAsync(Name, Path, Name, "Echo", "s", [text]);
        Assert.Equal(text, reply.Get<string>(0));
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_before_they_are_sent()
    {
        await using IBusConnection client = _bus.Connect();
        await Assert.ThrowsAsync<ArgumentException>(() => client.CallAsync(Name, Path, Name, "M", "s", []));
        await Assert.ThrowsAsync<ArgumentException>(() => client.CallAsync(Name, Path, Name, "M", "u", ["text"]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.CallAsync(Name, Path, Name, "M", "s", ["a\0b"]));
        await Assert.ThrowsAsync<BusException>(() => client.CallAsync("not a name", Path, Name, "M", "", []));
        Assert.False(client.Closed.IsCompleted);
        Assert.True(await client.HasOwnerAsync("org.freedesktop.DBus"));
    }

    [Fact]
    public async Task Errors_reach_the_caller_with_name_and_message()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(
            service,
            new BusMethod { Name = "Refuse", Handler = _ => throw new BusException("org.bramble.Error.Test", "no, because") },
            new BusMethod { Name = "Break", Handler = _ => throw new InvalidOperationException("broken") },
            new BusMethod { Name = "Cancel", Handler = _ => throw new OperationCanceledException() },
            new BusMethod { Name = "BadName", Handler = _ => throw new BusException("not a name", "still told") },
            new BusMethod { Name = "Lie", Out = "u", Handler = _ => Task.FromResult<object[]>(["text"]) });

        var refused = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Refuse", "", []));
        Assert.Equal(("org.bramble.Error.Test", "no, because"), (refused.Name, refused.Message));
        var broken = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Break", "", []));
        Assert.Equal((BusErrors.Failed, "broken"), (broken.Name, broken.Message));
        var cancelled = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Cancel", "", []));
        Assert.Equal(BusErrors.Cancelled, cancelled.Name);
        var badName = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "BadName", "", [], s_patience));
        Assert.Equal((BusErrors.Failed, "still told"), (badName.Name, badName.Message));
        await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Lie", "", []));
        var unknown = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Nothing", "", []));
        Assert.Equal("org.freedesktop.DBus.Error.UnknownMethod", unknown.Name);
        var arguments = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Refuse", "s", ["too much"]));
        Assert.Equal(BusErrors.InvalidArgs, arguments.Name);
        var nobody = await Assert.ThrowsAsync<BusException>(() => client.CallAsync("org.bramble.Nobody", Path, Name, "M", "", []));
        Assert.Equal(BusErrors.ServiceUnknown, nobody.Name);
    }

    [Fact]
    public async Task Calls_run_side_by_side_and_a_long_one_holds_up_nobody()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        var release = new TaskCompletionSource();
        await ServeAsync(
            service,
            new BusMethod
            {
                Name = "Long",
                Out = "s",
                Handler = async _ =>
                {
                    await release.Task;
                    return ["long"];
                },
            },
            new BusMethod { Name = "Short", Out = "s", Handler = _ => Task.FromResult<object[]>(["short"]) });

        Task<BusMessage> slow = client.CallAsync(Name, Path, Name, "Long", "", [], Timeout.InfiniteTimeSpan);
        Assert.Equal("short", (await client.CallAsync(Name, Path, Name, "Short", "", [])).Get<string>(0));
        Assert.False(slow.IsCompleted);
        // The answer to the short one can be here before it is counted there.
        Assert.True(SpinWait.SpinUntil(() => service.UnansweredCalls == 1, TimeSpan.FromSeconds(30)));
        var late = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Long", "", [], TimeSpan.FromMilliseconds(50)));
        Assert.NotEqual(BusErrors.Disconnected, late.Name);
        Assert.Equal(BusErrors.NoReply, late.Name);
        release.SetResult();
        Assert.Equal("long", (await slow).Get<string>(0));
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Never", Handler = _ => new TaskCompletionSource<object[]>().Task });
        using var stop = new CancellationTokenSource();
        Task<BusMessage> call = client.CallAsync(Name, Path, Name, "Never", "", [], Timeout.InfiniteTimeSpan, stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.True(await client.HasOwnerAsync(Name));
    }

    [Fact]
    public async Task Signals_reach_subscribers_in_order_until_they_stop()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await service.RequestNameAsync(Name);
        var got = new List<uint>();
        var third = new TaskCompletionSource();
        IAsyncDisposable subscription = await client.SubscribeAsync(new SignalMatch { Sender = Name, Interface = Name, Member = "Tick" }, signal =>
        {
            got.Add(signal.Get<uint>(0));
            if (got.Count == 3)
            {
                third.SetResult();
                throw new InvalidOperationException("a listener that breaks does not break the bus");
            }
        });
        for (uint i = 1; i <= 3; i++)
        {
            await service.EmitSignalAsync(Path, Name, "Tick", "us", i, "x");
        }
        await third.Task.WaitAsync(s_patience);
        await subscription.DisposeAsync();
        await service.EmitSignalAsync(Path, Name, "Tick", "us", 4u, "x");
        await client.HasOwnerAsync(Name);
        Assert.Equal([1u, 2u, 3u], got);
    }

    [Fact]
    public async Task A_bad_match_rule_is_refused()
    {
        await using IBusConnection client = _bus.Connect();
        await Assert.ThrowsAsync<BusException>(() => client.SubscribeAsync(new SignalMatch { Interface = "nonsense" }, _ => { }));
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_name_has_one_owner()
    {
        await using IBusConnection first = _bus.Connect();
        await using IBusConnection second = _bus.Connect();
        await first.RequestNameAsync(Name);
        await first.RequestNameAsync(Name);
        var taken = await Assert.ThrowsAsync<BusException>(() => second.RequestNameAsync(Name));
        Assert.Equal(BusErrors.NameTaken, taken.Name);
        var lost = new TaskCompletionSource();
        await using IAsyncDisposable watch = await second.WatchNameLostAsync(Name, lost.SetResult);
        await first.ReleaseNameAsync(Name);
        await lost.Task.WaitAsync(s_patience);
        await second.RequestNameAsync(Name);
    }

    [Fact]
    public async Task The_callers_user_id_is_known()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "WhoAmI", Out = "u", Handler = async call => [await call.GetSenderUserIdAsync()] });
        BusMessage reply = await client.CallAsync(Name, Path, Name, "WhoAmI", "", []);
        using Process id = Process.Start(new ProcessStartInfo("id", ["-u"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        Assert.Equal(uint.Parse(await id.StandardOutput.ReadToEndAsync()), reply.Get<uint>(0));
    }

    [Fact]
    public async Task Busctl_shows_calls_and_reads_what_is_exported()
    {
        await using IBusConnection service = _bus.Connect();
        await service.ExportAsync(Path, new BusInterface
        {
            Name = Name,
            Methods = [new BusMethod { Name = "Join", In = "ss", Out = "s", ArgumentNames = ["first", "second", "joined"], Handler = call => Task.FromResult<object[]>([call.Get<string>(0) + call.Get<string>(1)]) }],
            Signals = [new BusSignal("Changed", "st", "what", "when")],
        });
        await service.ExportAsync(Path, BusProperty.Export(
            new BusProperty(Name, "Count", "u", () => 42u),
            new BusProperty(Name, "Names", "as", () => new[] { "a", "b" }),
            new BusProperty(Name, "Broken", "u", () => throw new InvalidOperationException())));
        await service.RequestNameAsync(Name);

        (int exit, string introspection) = await _bus.BusctlAsync(null, "introspect", "--xml-interface", Name, Path);
        Assert.True(exit == 0, introspection);
        Assert.Contains("<method name=\"Join\">", introspection);
        Assert.Contains("name=\"second\" direction=\"in\"", introspection);
        Assert.Contains("name=\"joined\" direction=\"out\"", introspection);
        Assert.Contains("<signal name=\"Changed\">", introspection);
        Assert.Contains("name=\"when\"", introspection);
        (exit, string table) = await _bus.BusctlAsync(null, "introspect", Name, Path);
        Assert.True(exit == 0, table);
        Assert.Contains(".Join", table);
        Assert.Contains("org.freedesktop.DBus.Introspectable", table);
        (exit, string tree) = await _bus.BusctlAsync(null, "tree", "--list", Name);
        Assert.True(exit == 0, tree);
        Assert.Contains(Path, tree);
        Assert.Equal((0, "s \"leftright\"\n"), await _bus.BusctlAsync(null, "call", Name, Path, Name, "Join", "ss", "left", "right"));
        Assert.Equal((0, "u 42\n"), await _bus.BusctlAsync(null, "get-property", Name, Path, Name, "Count"));
        Assert.Equal((0, "as 2 \"a\" \"b\"\n"), await _bus.BusctlAsync(null, "get-property", Name, Path, Name, "Names"));
        (int broken, _) = await _bus.BusctlAsync(null, "get-property", Name, Path, Name, "Broken");
        Assert.NotEqual(0, broken);
    }

    [Fact]
    public async Task An_export_can_be_taken_away_and_put_back()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        IAsyncDisposable export = await ServeAsync(service, new BusMethod { Name = "M", Handler = _ => Task.FromResult<object[]>([]) });
        await client.CallAsync(Name, Path, Name, "M", "", []);
        await export.DisposeAsync();
        await export.DisposeAsync();
        await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "M", "", []));
        await service.ExportAsync(Path, new BusInterface { Name = Name, Methods = [new BusMethod { Name = "M", Handler = _ => Task.FromResult<object[]>([]) }] });
        await client.CallAsync(Name, Path, Name, "M", "", []);
    }

    [Fact]
    public async Task A_bus_that_dies_fails_open_and_later_calls_and_ends_the_connection()
    {
        IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Never", Handler = _ => new TaskCompletionSource<object[]>().Task });
        Task<BusMessage> open = client.CallAsync(Name, Path, Name, "Never", "", [], Timeout.InfiniteTimeSpan);
        await client.HasOwnerAsync(Name);
        _bus.Kill();

        var lost = await Assert.ThrowsAsync<BusException>(() => open.WaitAsync(s_patience));
        Assert.Equal(BusErrors.Disconnected, lost.Name);
        BusException? why = await client.Closed.WaitAsync(s_patience);
        Assert.Equal(BusErrors.Disconnected, why!.Name);
        var later = await Assert.ThrowsAsync<BusException>(() => client.CallAsync(Name, Path, Name, "Never", "", []));
        Assert.Equal(BusErrors.Disconnected, later.Name);
        await Assert.ThrowsAsync<BusException>(() => client.EmitSignalAsync(Path, Name, "S", ""));
        await Assert.ThrowsAsync<BusException>(() => client.SubscribeAsync(new SignalMatch(), _ => { }));
        await Assert.ThrowsAsync<BusException>(() => client.ExportAsync(Path, new BusInterface { Name = Name }));
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_closed_connection_ends_without_a_reason_and_fails_its_calls()
    {
        await using IBusConnection service = _bus.Connect();
        IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Never", Handler = _ => new TaskCompletionSource<object[]>().Task });
        Task<BusMessage> open = client.CallAsync(Name, Path, Name, "Never", "", [], Timeout.InfiniteTimeSpan);
        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.Null(await client.Closed);
        var lost = await Assert.ThrowsAsync<BusException>(() => open);
        Assert.Equal(BusErrors.Disconnected, lost.Name);
    }

    [Fact]
    public async Task What_was_said_before_closing_is_still_sent()
    {
        await using IBusConnection listener = _bus.Connect();
        var got = new TaskCompletionSource<uint>();
        await listener.SubscribeAsync(new SignalMatch { Interface = Name }, signal => got.SetResult(signal.Get<uint>(0)));
        IBusConnection speaker = _bus.Connect();
        _ = speaker.EmitSignalAsync(Path, Name, "Last", "u", 9u);
        await speaker.DisposeAsync();
        Assert.Equal(9u, await got.Task.WaitAsync(s_patience));
    }

    [Fact]
    public async Task Many_threads_may_call_at_once()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Double", In = "u", Out = "u", Handler = call => Task.FromResult<object[]>([call.Get<uint>(0) * 2]) });
        uint[] doubled = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
            (await client.CallAsync(Name, Path, Name, "Double", "u", [(uint)i])).Get<uint>(0))));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (uint)i * 2), doubled);
    }

    private const string EchoTypes = "sutibboasv(uoss)a{sv}ynqxdasa(ii)";

    private static async Task<IAsyncDisposable> ServeAsync(IBusConnection service, params BusMethod[] methods)
    {
        IAsyncDisposable export = await service.ExportAsync(Path, new BusInterface { Name = Name, Methods = methods });
        await service.RequestNameAsync(Name);
        return export;
    }
}
