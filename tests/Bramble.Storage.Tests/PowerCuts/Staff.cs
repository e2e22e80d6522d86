using System.Collections.Concurrent;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Roots;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>
/// People who work with one server at once, and believe what it acknowledges. Each has something of their own: a client with snapshots, the images, the
/// clients that come and go.
/// </summary>
internal sealed class Staff(Box box, World world, int seed)
{
    internal const string Image = "image@1";
    internal const string NextImage = "image@2";
    private const int MostSnapshots = 5;
    private const int MostOthers = 3;
    private static readonly (string Client, RootKind Kind)[] s_clients = [("pi-1", RootKind.Nfs), ("pi-2", RootKind.Nfs), ("pi-3", RootKind.Iscsi)];

    private readonly ConcurrentDictionary<string, Beliefs> _beliefs = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly Maintainer _maintainer = new(box, world);
    private int _count;
    private bool _isDark;

    /// <summary>Operations that were acknowledged while there was power.</summary>
    public int Acknowledged { get; private set; }

    private string Payload => $"{box.Folder}/payload";

    private string Tree => $"{box.Folder}/tree";

    /// <summary>The first images and clients.</summary>
    public async Task MoveInAsync(StorageService storage)
    {
        // Some files that are larger than what a filesystem keeps in its own records, and some that are not.
        await Shell.RunAsync($"""
            mkdir -p {Payload}/many; cd {Payload}
            head -c 3000000 /dev/urandom > large; head -c 100 /dev/urandom > small; ln -s small link
            for i in $(seq 60); do head -c $((i * 500)) /dev/urandom > many/$i; done
            mkdir -p {Tree}/etc {Tree}/boot/firmware {Tree}/usr/share {Tree}/usr/lib
            cd {Tree}
            echo 'PRETTY_NAME="Debian"' > usr/lib/os-release; echo 'proc /proc proc defaults 0 0' > etc/fstab
            echo arm_64bit=1 > boot/firmware/config.txt; echo kernel > boot/firmware/kernel8.img; echo tree > boot/firmware/generation; echo tree > generation
            cp -a {Payload} usr/share/
            """);
        string more = $"mkdir -p usr/share home; cp -a {Payload} usr/share/; cp -a {Payload} home/";
        await world.AddImageAsync(Image, "v1", more);
        await world.AddImageAsync(NextImage, "v2", more);
        foreach ((string client, RootKind kind) in s_clients)
        {
            await storage.PrepareRootAsync(Box.Request(client, kind, Image), CancellationToken.None);
            Of(client).Find(await world.SeeAsync(storage, client));
        }

        foreach (string tag in new[] { "new-", "import-" })
            Of(tag).Find([]);
        await _maintainer.StartAsync(storage);
        await _maintainer.MoveInAsync();
        await _maintainer.StopAsync();
    }

    /// <summary>All work until <see cref="StopWhen"/>.</summary>
    public async Task WorkAsync(StorageService storage)
    {
        lock (_gate)
            _isDark = false;
        await _maintainer.StartAsync(storage);
        await Task.WhenAll([
            .. s_clients.Select(one => KeepAtItAsync(() => TendAsync(storage, one.Client))), KeepAtItAsync(() => CloneAsync(storage)), KeepAtItAsync(() => ImportAsync(storage)),
            KeepAtItAsync(() => _maintainer.WorkAsync(() => _isDark, Count))]);
        await _maintainer.StopAsync();
    }

    /// <summary>With power again: the rollout that was interrupted comes to its end.</summary>
    public async Task FinishRolloutAsync(StorageService storage)
    {
        await _maintainer.StartAsync(storage);
        await _maintainer.FinishAsync();
        await _maintainer.StopAsync();
    }

    /// <summary>The power fails: nothing is acknowledged any more.</summary>
    /// <returns>What was under way.</returns>
    public string StopWhen(Action cut)
    {
        lock (_gate)
        {
            _isDark = true;
            cut();
            return string.Join(", ", _beliefs.Values.Select(static one => one.UnderWay).Append(_maintainer.UnderWay).OfType<string>());
        }
    }

    /// <summary>Nothing acknowledged is missing, nothing is there that nobody asked for, and every root and image is whole.</summary>
    public async Task AssertAllIsThereAsync(StorageService storage, string when)
    {
        foreach ((string tag, Beliefs beliefs) in _beliefs)
        {
            string expected = beliefs.ToString();
            IReadOnlyList<string> seen = await world.SeeAsync(storage, tag);
            Assert.True(beliefs.Find(seen), $"{when}, and of {tag} there is:\n{string.Join('\n', seen.Select(static line => "  " + line))}\nexpected:\n{expected}");
        }

        await _maintainer.StartAsync(storage);
        await _maintainer.AssertAllIsThereAsync(when);
        await _maintainer.StopAsync();
        foreach (ImageInfo image in await storage.ListImagesAsync(CancellationToken.None))
            await AssertSameAsync($"{image.RootFolder}/usr/share/payload", when);
        foreach ((string client, StateRecord _) in world.Roots.List())
        {
            foreach (StateRecord state in world.Roots.States(client))
                await AssertBootsAsync(client, state, when);
        }
    }

    private async Task AssertBootsAsync(string client, StateRecord state, string when)
    {
        string folder = world.Layout.ClientState(client, state.Number);
        if (state.Kind == RootKind.Iscsi)
        {
            // A snapshot's journal is replayed at its first mount; none of these was ever mounted, so the disk must be clean as it is.
            await Shell.RunAsync($"""
                e2fsck -fn {folder}/disk.img >{box.Folder}/fsck 2>&1 || (echo '{when}: {folder}/disk.img'; cat {box.Folder}/fsck; exit 1) >&2
                debugfs -R 'dump /usr/share/payload/large {box.Folder}/dumped' {folder}/disk.img 2>/dev/null; cmp {box.Folder}/dumped {Payload}/large
                test "$(debugfs -R 'cat /etc/fstab' {folder}/disk.img 2>/dev/null | wc -l)" -ge 1
                """);
            return;
        }

        await AssertSameAsync($"{folder}/root/usr/share/payload", when);
        await AssertSameAsync($"{folder}/root/home/payload", when);
        foreach (string file in new[] { "etc/fstab", "etc/os-release" })
            Assert.True(new FileInfo($"{folder}/root/{file}").Length > 0, $"{when}: {folder}/root/{file} is empty");

        // What storage wrote when it made the client, before its first boot.
        if (state is { Number: 1, Snapshot: null, Personality: not null })
            Assert.Equal((client, true), ((await File.ReadAllTextAsync($"{folder}/root/etc/hostname")).Trim(), (await File.ReadAllTextAsync($"{folder}/root/etc/bramble/beacon.conf")).Contains($"CLIENT='{client}'", StringComparison.Ordinal)));
    }

    private Task AssertSameAsync(string folder, string when) =>
        Shell.RunAsync($"diff -r --no-dereference {Payload} {folder} >&2 || (echo '{when}: {folder}' >&2; exit 1)");

    private async Task KeepAtItAsync(Func<Task> work)
    {
        while (!_isDark)
        {
            try
            {
                await work();
            }
            catch (Exception) when (_isDark)
            {
                // No power.
            }
        }
    }

    /// <summary>One thing that is done to a client: it writes, or it is kept, rolled back, reset, or given another image.</summary>
    private async Task TendAsync(StorageService storage, string client)
    {
        Beliefs beliefs = Of(client);
        IReadOnlyList<string> now = beliefs.Certain;
        string content = now[0][(now[0].IndexOf(": ", StringComparison.Ordinal) + 2)..];
        string[] kept = [.. now.Skip(1)];
        StateRecord record = world.Roots.Find(client)!;
        IReadOnlyList<SnapshotInfo> snapshots = await storage.ListSnapshotsAsync(client, CancellationToken.None);
        switch (kept.Length >= MostSnapshots ? 4 : Next(4))
        {
            case 0 when kept.Length < MostSnapshots:
                string name = Fresh("s");
                // A disk is written to by its client's file system, whose journal is not the matter here.
                string written = record.Kind == RootKind.Iscsi ? content : await WriteAsync(beliefs, client, content, kept);
                await DoAsync(beliefs, $"snapshot {client}", Lines(client, written, [.. kept, $"snapshot {client} {name} (Hand): {written}"]), () => storage.CreateSnapshotAsync(client, name, SnapshotCause.Hand, null, CancellationToken.None));
                break;
            case 1 when snapshots.Count > 0:
                int chosen = Next(snapshots.Count);
                string back = kept[chosen][(kept[chosen].IndexOf(": ", StringComparison.Ordinal) + 2)..];
                await DoAsync(beliefs, $"rollback {client}", Lines(client, back, [.. kept, $"snapshot {client} before-rollback-TIME (Rollback): {content}"]), () => storage.RollBackAsync(client, snapshots[chosen].Name, null, CancellationToken.None));
                break;
            case 2:
                await DoAsync(beliefs, $"reset {client}", Lines(client, OfImage(record.Image), [.. kept, $"snapshot {client} before-reset-TIME (Reset): {content}"]), () => storage.ResetAsync(client, null, CancellationToken.None));
                break;
            case 3:
                string other = record.Image == Image ? NextImage : Image;
                await DoAsync(beliefs, $"rollout {client}", Lines(client, OfImage(other), [.. kept, $"snapshot {client} before-update-TIME (Update): {content}"]), () => storage.ChangeImageAsync(client, other, ["/home"], null, CancellationToken.None));
                break;
            case 4:
                await DoAsync(beliefs, $"unsnapshot {client}", Lines(client, content, kept[1..]), () => storage.RemoveSnapshotAsync(client, snapshots[0].Name, CancellationToken.None));
                break;
            default:
                break;
        }
    }

    /// <summary>A client's writes are certain when they are flushed; until then each file may be the old or the new one.</summary>
    private async Task<string> WriteAsync(Beliefs beliefs, string client, string content, string[] kept)
    {
        string generation = Fresh("g");
        string written = $"boot {generation}, root {generation}";
        beliefs.Ask($"write {client}", [.. new[] { content, Torn(content, generation, isBoot: true), Torn(content, generation, isBoot: false), written }.Select(one => Lines(client, one, kept))]);
        string state = world.Layout.ClientState(client, world.Roots.Find(client)!.Number);
        foreach (string folder in new[] { "boot", "root" })
            AtomicFile.WriteAllBytes($"{state}/{folder}/generation", System.Text.Encoding.ASCII.GetBytes(generation), UnixFileMode.UserRead);
        Answered(beliefs);
        return written;
    }

    /// <summary>Clients come, by cloning an image or another client, and go.</summary>
    private async Task CloneAsync(StorageService storage)
    {
        Beliefs beliefs = Of("new-");
        IReadOnlyList<string> now = beliefs.Certain;
        if (now.Count >= MostOthers)
        {
            string gone = now[0].Split(' ', ':')[1];
            await DoAsync(beliefs, $"remove {gone}", now.Skip(1).ToList(), () => storage.RemoveRootAsync(gone, CancellationToken.None));
            return;
        }

        string name = Fresh("new-");
        if (now.Count > 0 && Next(2) == 0)
        {
            string source = now[0].Split(' ', ':')[1];
            await DoAsync(beliefs, $"duplicate {name}", Sorted([.. now, now[0].Replace(source, name, StringComparison.Ordinal)]), () => storage.DuplicateAsync(source, name, null, CancellationToken.None));
        }
        else
        {
            await DoAsync(beliefs, $"clone {name}", Sorted([.. now, $"client {name}: {OfImage(Image)}"]), () => storage.PrepareRootAsync(Box.Request(name, RootKind.Nfs, Image), CancellationToken.None));
        }
    }

    /// <summary>Images come and go.</summary>
    private async Task ImportAsync(StorageService storage)
    {
        Beliefs beliefs = Of("import-");
        IReadOnlyList<string> now = beliefs.Certain;
        if (now.Count >= MostOthers)
        {
            string gone = now[0].Split(' ', ':')[1];
            await DoAsync(beliefs, $"remove {gone}", now.Skip(1).ToList(), () => storage.RemoveImageAsync(gone, CancellationToken.None));
            return;
        }

        string name = Fresh("import-");
        await DoAsync(beliefs, $"import {name}", Sorted([.. now, $"image {name}: boot tree, root tree"]), () => storage.AddImageAsync(Tree, name, null, CancellationToken.None));
    }

    private async Task DoAsync(Beliefs beliefs, string what, IReadOnlyList<string> after, Func<Task> work)
    {
        beliefs.Ask(what, after);
        await work();
        Answered(beliefs);
    }

    private void Answered(Beliefs beliefs)
    {
        lock (_gate)
        {
            Count();
            beliefs.Acknowledge();
        }
    }

    private void Count()
    {
        lock (_gate)
        {
            if (_isDark)
                throw new InvalidOperationException("No power.");
            Acknowledged++;
        }
    }

    private Beliefs Of(string tag) => _beliefs.GetOrAdd(tag, static _ => new Beliefs());

    private int Next(int most)
    {
        lock (_gate)
            return _random.Next(most);
    }

    private string Fresh(string prefix) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{Interlocked.Increment(ref _count):000000}");

    internal static string OfImage(string image) => image == Image ? "boot v1, root v1" : "boot v2, root v2";

    private static string Torn(string content, string generation, bool isBoot)
    {
        string[] parts = content.Split(", ");
        return isBoot ? $"boot {generation}, {parts[1]}" : $"{parts[0]}, root {generation}";
    }

    private static List<string> Lines(string client, string content, IEnumerable<string> kept) => [$"client {client}: {content}", .. kept];

    private static List<string> Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];
}
