using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;

namespace Bramble.Commands;

/// <summary>What a shell proposes for a word: names of what there is. The running server knows them; where it does not run, the folders do, to those who may read them.</summary>
internal static class Proposals
{
    // A person waits at the key.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Names of clients.</summary>
    public static Argument<T> OfClients<T>(this Argument<T> argument) => With(argument, static () => Names().Clients);

    /// <summary>Names of clients, and boards without one.</summary>
    public static Argument<T> OfClientsAndBoards<T>(this Argument<T> argument) => With(argument, static () => [.. Names().Clients, .. Names().Boards]);

    /// <summary>Boards without a client.</summary>
    public static Argument<T> OfBoards<T>(this Argument<T> argument) => With(argument, static () => Names().Boards);

    /// <summary>Names of images.</summary>
    public static Argument<T> OfImages<T>(this Argument<T> argument) => With(argument, static () => Names().Images);

    /// <summary>Codes of faults.</summary>
    public static Argument<T> OfFaults<T>(this Argument<T> argument) => With(argument, static () => FaultCatalogue.All.Select(static f => f.Code));

    /// <summary>Kinds of roots.</summary>
    public static Argument<T> OfRoots<T>(this Argument<T> argument) => With(argument, static () => ["nfs", "iscsi", "overlay"]);

    /// <summary>Names of images.</summary>
    public static Option<T> OfImages<T>(this Option<T> option)
    {
        option.CompletionSources.Add(static _ => Items(Names().Images));
        return option;
    }

    /// <summary>Boards without a client.</summary>
    public static Option<T> OfBoards<T>(this Option<T> option)
    {
        option.CompletionSources.Add(static _ => Items(Names().Boards));
        return option;
    }

    private static Argument<T> With<T>(Argument<T> argument, Func<IEnumerable<string>> names)
    {
        argument.CompletionSources.Add(_ => Items(names()));
        return argument;
    }

    private static IEnumerable<CompletionItem> Items(IEnumerable<string> names) => names.Select(static name => new CompletionItem(name));

    private static FleetNames Names()
    {
        try
        {
            return Task.Run(AskAsync).GetAwaiter().GetResult();
        }
        catch (BusException)
        {
            return Look();
        }
    }

    private static async Task<FleetNames> AskAsync()
    {
        await using IBusConnection bus = BusConnection.TryOpenSystem(out string reason) ?? throw new BusException(BusErrors.Disconnected, reason);
        return JsonSerializer.Deserialize(await new FleetBusProxy(bus).GetNamesAsync(s_patience), FleetJson.Default.FleetNames)!;
    }

    /// <summary>The names of files and folders, as the server keeps them.</summary>
    private static FleetNames Look()
    {
        BrambleConfig config = ConfigFile.Load(ConfigCommand.DefaultFile).Config ?? new BrambleConfig();
        return new FleetNames(
            In(Path.Combine(config.StateFolder, "clients"), static folder => Directory.EnumerateFiles(folder, "*.json").Select(static f => Path.GetFileNameWithoutExtension(f))),
            [],
            In(Path.Combine(config.DataFolder, "images"), static folder => Directory.EnumerateDirectories(folder).Select(static f => Path.GetFileName(f))));
    }

    private static string[] In(string folder, Func<string, IEnumerable<string>> list)
    {
        try
        {
            return [.. list(folder).Where(static name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
