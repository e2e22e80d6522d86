using System.IO.Pipes;
using System.Text;
using Bramble.Linux.DBus;
using Bramble.Linux.Files;
using Microsoft.Win32.SafeHandles;
using Tmds.DBus.Protocol;
using Xunit;

namespace Bramble.Linux.Tests.DBus;

/// <summary>Nothing that a caller or a handler does holds up the reader of a connection; descriptors travel both ways.</summary>
public sealed class BusLoadTests : IDisposable
{
    private const string Name = "org.bramble.Test1";
    private const string Path = "/org/bramble/Test1";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PrivateBus _bus = new();

    public void Dispose() => _bus.Dispose();

    [Fact]
    public async Task A_thousand_calls_are_answered_while_an_import_runs()
    {
        await using IBusConnection service = _bus.Connect();
        using var imported = new ManualResetEventSlim();
        await ServeAsync(
            service,
            new BusMethod
            {
                Name = "Import",
                Out = "s",
                // As the copying of a tree does, it keeps its thread.
                Handler = _ =>
                {
                    imported.Wait();
                    return Task.FromResult<object[]>(["imported"]);
                },
            },
            Double());
        await using IBusConnection importer = _bus.Connect();
        Task<BusMessage> import = importer.CallAsync(Name, Path, Name, "Import", "", [], Timeout.InfiniteTimeSpan);

        // A bus allows 128 open calls a connection.
        IBusConnection[] clients = [.. Enumerable.Range(0, 10).Select(_ => _bus.Connect())];
        BusMessage[] replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            clients[i % 10].CallAsync(Name, Path, Name, "Double", "u", [(uint)i]))).WaitAsync(s_patience);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (uint)i * 2), replies.Select(reply => reply.Get<uint>(0)));
        Assert.False(import.IsCompleted);
        imported.Set();
        Assert.Equal("imported", (await import.WaitAsync(s_patience)).Get<string>(0));
        foreach (IBusConnection client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_caller_that_blocks_after_its_call_does_not_stop_its_connection()
    {
        await using IBusConnection client = _bus.Connect();
        using var release = new ManualResetEventSlim();
        async Task CallAndBlockAsync()
        {
            await client.HasOwnerAsync(Name);
            release.Wait();
        }
        async Task SubscribeAndBlockAsync()
        {
            await using IAsyncDisposable subscription = await client.SubscribeAsync(new SignalMatch { Interface = Name }, _ => { });
            release.Wait();
        }

        Task[] blocking = [CallAndBlockAsync(), SubscribeAndBlockAsync()];
        Assert.False(await client.HasOwnerAsync(Name).WaitAsync(s_patience));
        release.Set();
        await Task.WhenAll(blocking).WaitAsync(s_patience);
    }

    [Fact]
    public async Task Every_call_before_the_name_was_released_was_handed_to_its_handler()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        var hold = new TaskCompletionSource<object[]>();
        await ServeAsync(service, new BusMethod { Name = "Hold", Handler = _ => hold.Task });
        Task[] calls = [.. Enumerable.Range(0, 50).Select(_ => client.CallAsync(Name, Path, Name, "Hold", "", [], s_patience))];
        // The bus has routed the calls when it answers this.
        await client.HasOwnerAsync(Name);
        await service.ReleaseNameAsync(Name);
        Assert.Equal(50, service.UnansweredCalls);
        hold.SetResult([]);
        await Task.WhenAll(calls).WaitAsync(s_patience);
        Assert.True(SpinWait.SpinUntil(() => service.UnansweredCalls == 0, s_patience));
    }

    [Fact]
    public async Task Descriptors_travel_both_ways_and_stay_open_at_the_sender()
    {
        await using IBusConnection service = _bus.Connect();
        await using IBusConnection client = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Swap", In = "sh", Out = "sh", Handler = SwapAsync });

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            await using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
            using var end = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
            BusMessage reply = await client.CallAsync(Name, Path, Name, "Swap", "sh", [$"call {i}", end], s_patience);
            Assert.False(pipe.ClientSafePipeHandle.IsClosed);
            // The sender's own end is open still; without it the reading ends with what the service wrote.
            pipe.DisposeLocalCopyOfClientHandle();
            using var reader = new StreamReader(pipe);
            Assert.Equal($"call {i}", await reader.ReadToEndAsync());
            using SafeFileHandle back = reply.Get<SafeFileHandle>(1);
            await using var stream = new FileStream(back, FileAccess.Read, 1);
            using var answer = new StreamReader(stream);
            Assert.Equal($"answer to call {i}", await answer.ReadToEndAsync());
        })).WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_call_that_names_a_descriptor_it_does_not_bring_is_refused()
    {
        await using IBusConnection service = _bus.Connect();
        await ServeAsync(service, new BusMethod { Name = "Take", In = "h", Handler = _ => Task.FromResult<object[]>([]) }, Double());
        using var attacker = new DBusConnection(_bus.Address);
        await attacker.ConnectAsync();
        MessageBuffer Call()
        {
            using MessageWriter writer = attacker.GetMessageWriter();
            writer.WriteMethodCallHeader(Name, Path, Name, "Take", "h");
            writer.WriteUInt32(7);
            return writer.CreateMessage();
        }

        var refused = await Assert.ThrowsAsync<DBusErrorReplyException>(() => attacker.CallMethodAsync(Call()).WaitAsync(s_patience));
        Assert.Equal(BusErrors.InvalidArgs, refused.ErrorName);
        Assert.False(service.Closed.IsCompleted);
        await using IBusConnection client = _bus.Connect();
        Assert.Equal(4u, (await client.CallAsync(Name, Path, Name, "Double", "u", [2u])).Get<uint>(0));
    }

    private static BusMethod Double() => new()
    {
        Name = "Double",
        In = "u",
        Out = "u",
        Handler = call => Task.FromResult<object[]>([call.Get<uint>(0) * 2]),
    };

    private static async Task<object[]> SwapAsync(BusCall call)
    {
        string text = call.Get<string>(0);
        await using (var stream = new FileStream(call.Get<SafeFileHandle>(1), FileAccess.Write, 1))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        }
        await using var answer = new AnonymousPipeServerStream(PipeDirection.Out);
        await answer.WriteAsync(Encoding.UTF8.GetBytes("answer to " + text));
        return [text, FileDescriptor.Duplicate((int)answer.ClientSafePipeHandle.DangerousGetHandle())];
    }

    private static async Task ServeAsync(IBusConnection service, params BusMethod[] methods)
    {
        await service.ExportAsync(Path, new BusInterface { Name = Name, Methods = methods });
        await service.RequestNameAsync(Name);
    }
}
