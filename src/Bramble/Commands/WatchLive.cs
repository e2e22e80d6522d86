using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;
using Bramble.Linux.DBus;

namespace Bramble.Commands;

/// <summary>The live table of <c>bramble watch</c>, and the keys that look into it.</summary>
/// <param name="bus">The bus.</param>
internal sealed class WatchLive(IBusConnection bus)
{
    // Times go on although nothing happens.
    private static readonly TimeSpan s_anyway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly FleetBusProxy _proxy = new(bus);
    private volatile bool _changed = true;
    private int _chosen;
    private string? _name;
    private int _from;

    /// <summary>Runs until a key, Ctrl-C or the end of the bus ends it.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using IAsyncDisposable watch = await _proxy.WatchBootEventsAsync(_ => _changed = true);
        // The other screen of the terminal, without a cursor; both are given back at the end.
        Console.Out.Write("\u001b[?1049h\u001b[?25l\u001b[2J");
        try
        {
            FleetStatus fleet = await StatusAsync(cancellation);
            long drawn = 0;
            while (!cancellation.IsCancellationRequested && !bus.Closed.IsCompleted)
            {
                bool isOld = drawn == 0 || TimeProvider.System.GetElapsedTime(drawn) > s_anyway;
                if (_changed || isOld)
                {
                    _changed = false;
                    fleet = await StatusAsync(cancellation);
                    await DrawAsync(fleet, cancellation);
                    drawn = TimeProvider.System.GetTimestamp();
                }

                if (!Console.KeyAvailable)
                {
                    await Task.Delay(s_look, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    continue;
                }

                if (!Press(Console.ReadKey(intercept: true).Key, WatchScreen.Order(fleet)))
                {
                    return;
                }

                await DrawAsync(fleet, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is a way to leave.
        }
        finally
        {
            Console.Out.Write("\u001b[?25h\u001b[?1049l");
        }
    }

    /// <summary>False to leave.</summary>
    private bool Press(ConsoleKey key, IReadOnlyList<ClientStatus> clients)
    {
        int step = key switch
        {
            ConsoleKey.UpArrow or ConsoleKey.K => -1,
            ConsoleKey.DownArrow or ConsoleKey.J => 1,
            ConsoleKey.PageUp => -10,
            ConsoleKey.PageDown => 10,
            _ => 0,
        };
        switch (key)
        {
            case ConsoleKey.Q:
                return false;
            case ConsoleKey.Escape or ConsoleKey.LeftArrow or ConsoleKey.Backspace when _name is not null:
                (_name, _from) = (null, 0);
                break;
            case ConsoleKey.Enter or ConsoleKey.RightArrow when _name is null && _chosen < clients.Count:
                _name = clients[_chosen].Name;
                break;
            default:
                if (_name is not null)
                {
                    _from = Math.Max(0, _from + step);
                }
                else
                {
                    _chosen = Math.Clamp(_chosen + step, 0, Math.Max(0, clients.Count - 1));
                }

                break;
        }

        return true;
    }

    private async Task DrawAsync(FleetStatus fleet, CancellationToken cancellation)
    {
        (int width, int height) = (Math.Max(20, Console.WindowWidth), Math.Max(5, Console.WindowHeight));
        IReadOnlyList<string> lines;
        if (_name is { } name)
        {
            BootFileStatus[] files = JsonSerializer.Deserialize(await _proxy.GetBootFilesAsync(name, cancellation), FleetJson.Default.BootFileStatusArray) ?? [];
            BootStory? story = StoryMaker.Tell(fleet, name, files);
            lines = story is null ? [$"There is no client '{name}' any more."] : WatchScreen.Story(story, _from, width, height);
        }
        else
        {
            lines = WatchScreen.Table(fleet, _chosen, width, height);
        }

        Console.Out.Write("\u001b[H" + string.Join("\u001b[K\r\n", lines.Take(height)) + "\u001b[K\u001b[J");
    }

    private async Task<FleetStatus> StatusAsync(CancellationToken cancellation) =>
        JsonSerializer.Deserialize(_name is null ? await _proxy.GetOverviewAsync(cancellation) : await _proxy.GetStatusAsync(cancellation), FleetJson.Default.FleetStatus)!;
}
