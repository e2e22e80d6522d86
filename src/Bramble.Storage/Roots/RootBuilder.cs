using System.Globalization;
using System.Security.Cryptography;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;

namespace Bramble.Storage.Roots;

/// <summary>Makes states of clients' roots: everything below <c>tmp/</c>, then one rename.</summary>
/// <param name="disk">The data folder.</param>
/// <param name="roots">The records of roots.</param>
/// <param name="images">The records of images.</param>
/// <param name="options">What is switched off.</param>
/// <param name="time">The clock.</param>
internal sealed class RootBuilder(DataDisk disk, RootStore roots, ImageStore images, StorageOptions options, TimeProvider time)
{
    internal const string QualifiedName = "iqn.2026-01.org.bramble";

    private const int SecretLength = 16;
    private readonly IscsiDisk _disks = new(disk);
    private readonly OverlayBoot _overlays = new(disk);
    private readonly RootQuota _quota = new(disk, options.RootQuotaBytes);
    private readonly ExternalBoot _externals = new(disk);

    private Layout Layout => disk.Layout;

    /// <summary>Whether a target is one of this server's, of whichever client.</summary>
    internal static bool IsOurs(string target) => target.StartsWith(QualifiedName + ":", StringComparison.Ordinal);

    /// <summary>Whether a target belongs to a client. "." is in no client's name.</summary>
    internal static bool IsTargetOf(string target, string client)
    {
        string own = $"{QualifiedName}:{client}";
        return target == own || target.StartsWith(own + ".", StringComparison.Ordinal);
    }

    /// <summary>Makes the first state of a client's root from an image.</summary>
    /// <exception cref="StorageException">The image cannot do what is asked, or there is no space.</exception>
    internal Task<StateRecord> BuildAsync(RootRequest request, ImageInfo image, ProgressMeter progress, CancellationToken cancellation) =>
        InWorkFolderAsync($"The root of {request.Client} cannot be made", $"for the root of {request.Client}", work => BuildClientAsync(
            work,
            request.Client,
            async folder =>
            {
                (StateRecord record, bool hasCopies) = await CloneImageAsync(request.Client, 1, request.Kind, image, folder, progress, cancellation);
                record = await ForgetMachineAsync(record, folder);
                return (await PersonaliseAsync(request, record, folder, $"{Path.GetDirectoryName(Path.GetDirectoryName(folder))}/{Layout.HostKeys}", cancellation), hasCopies);
            },
            cancellation));

    /// <summary>Makes the first state of a client's root from another client's.</summary>
    internal Task<StateRecord> DuplicateAsync(string client, StateRecord source, string newClient, ProgressMeter progress, CancellationToken cancellation) =>
        InWorkFolderAsync($"The root of {newClient} cannot be made", $"for the root of {newClient}", work => BuildClientAsync(
            work,
            newClient,
            async folder =>
            {
                bool hasCopies = await CloneStateAsync(client, source, folder, $"for the root of {newClient}", progress, cancellation);
                IReadOnlyList<EditStep> steps = await EditAsync(source.Kind, folder, MachineIdentity.Forget);
                StateRecord record = Target(newClient, 1, new StateRecord { Image = source.Image, Kind = source.Kind, Created = time.GetUtcNow(), BootMountPoint = source.BootMountPoint, NfsVersion = source.NfsVersion, NfsOptions = source.NfsOptions, BootScript = source.BootScript, Edits = steps });
                if (source.Kind == RootKind.Iscsi)
                {
                    record = record with { FilesystemUuid = Guid.NewGuid().ToString("D") };
                    await _disks.SetUuidAsync($"{folder}/{Layout.Disk}", record.FilesystemUuid, cancellation);
                }

                return (record, hasCopies || source.Kind == RootKind.Iscsi);
            },
            cancellation));

    /// <summary>Makes another state of a client's root and moves it into place; no boot gets it yet.</summary>
    /// <param name="client">The client.</param>
    /// <param name="number">A number that is free.</param>
    /// <param name="make">Makes it in a folder that is not there yet; returns its record and whether files were copied.</param>
    /// <param name="purpose">What for, for messages.</param>
    /// <param name="cancellation">Stops; nothing is left then.</param>
    internal Task<StateRecord> AddStateAsync(string client, int number, Func<string, Task<(StateRecord Record, bool HasCopies)>> make, string purpose, CancellationToken cancellation) =>
        InWorkFolderAsync($"No space could be used {purpose}", purpose, async work =>
        {
            string folder = $"{work}/state";
            (StateRecord record, bool hasCopies) = await make(folder);
            record = record with { Number = number };
            await _quota.LimitAsync(record, folder, cancellation);
            roots.Write(folder, record);
            await disk.SettleAsync(folder, hasCopies);
            cancellation.ThrowIfCancellationRequested();
            disk.Move(folder, Layout.ClientState(client, number));
            return record;
        });

    /// <summary>Makes a client of a tree that holds the parts of a state; the tree is moved.</summary>
    internal Task<StateRecord> TakeAsync(string client, StateRecord record, string tree, CancellationToken cancellation) =>
        InWorkFolderAsync($"The root of {client} cannot be made", $"for the root of {client}", work => BuildClientAsync(
            work,
            client,
            folder =>
            {
                disk.Move(tree, folder);
                return Task.FromResult((record, true));
            },
            cancellation));

    /// <summary>Clones an image as a state.</summary>
    internal async Task<(StateRecord Record, bool HasCopies)> CloneImageAsync(string client, int number, RootKind kind, ImageInfo image, string folder, ProgressMeter progress, CancellationToken cancellation)
    {
        RequireAbility(kind, image);
        string purpose = $"for the root of {client}";
        StateRecord record = new() { Number = number, Image = image.Name, Kind = kind, Created = time.GetUtcNow(), BootMountPoint = image.BootMountPoint };
        if (kind == RootKind.Nfs)
        {
            await _disks.EnsureImageTreeAsync(image, progress, cancellation);
            return (record, await disk.CloneTreeAsync(Layout.Image(image.Name), folder, record.Parts, purpose, progress, cancellation));
        }

        if (kind == RootKind.Overlay)
            await _disks.EnsureImageTreeAsync(image, progress, cancellation);
        if (!record.HasRoot)
        {
            disk.MakeTree(folder);
            await disk.CopyAsync(Layout.ImageBoot(image.Name), folder, purpose, progress, "Copying the boot tree", 0, cancellation);
            return (Target(client, number, record), true);
        }

        await _disks.EnsureImageDiskAsync(image, cancellation);
        disk.MakeTree(folder);
        string file = $"{folder}/{Layout.Disk}";
        await disk.CloneFileAsync(Layout.ImageDisk(image.Name), file, purpose, cancellation);
        await disk.CopyAsync(Layout.ImageBoot(image.Name), folder, purpose, progress, "Copying the boot tree", 0, cancellation);
        string uuid = Guid.NewGuid().ToString("D");
        await _disks.SetUuidAsync(file, uuid, cancellation);
        return (Target(client, number, record) with { FilesystemUuid = uuid }, true);
    }

    /// <summary>Clones a state of a client's root.</summary>
    /// <returns>Whether files were copied.</returns>
    internal Task<bool> CloneStateAsync(string client, StateRecord source, string folder, string purpose, ProgressMeter progress, CancellationToken cancellation) =>
        disk.CloneTreeAsync(Layout.ClientState(client, source.Number), folder, source.Parts, purpose, progress, cancellation);

    /// <summary>A record with a target and a secret of its own: the disk of an older state stays open to whoever still runs on it, and to nobody else.</summary>
    internal static StateRecord Target(string client, int number, StateRecord record)
    {
        if (record.Kind == RootKind.External)
            return record with { InitiatorName = $"{QualifiedName}.client:{client}" };
        if (record.Kind != RootKind.Iscsi)
            return record;
        string suffix = number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $".{number}");
        return record with
        {
            TargetName = $"{QualifiedName}:{client}{suffix}",
            InitiatorName = $"{QualifiedName}.client:{client}",
            ChapUser = $"{client}{suffix}",
            ChapSecret = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", SecretLength),
        };
    }

    /// <summary>Makes an image's root tree, if it has none.</summary>
    internal Task EnsureImageTreeAsync(ImageInfo image, ProgressMeter progress, CancellationToken cancellation) => _disks.EnsureImageTreeAsync(image, progress, cancellation);

    /// <summary>The personal files of a state that is there or about to be.</summary>
    internal Personality PersonalityOf(RootRequest request, StateRecord record) =>
        new(request, record, Layout.ClientBoot(request.Client, record.Number), Skipped(record.Image));

    /// <summary>Writes the personal files of a state that is there, if they are not the same already.</summary>
    /// <returns>The record with the new digest.</returns>
    internal Task<StateRecord> RenewAsync(RootRequest request, StateRecord record, CancellationToken cancellation) =>
        PersonaliseAsync(request, record, Layout.ClientState(request.Client, record.Number), Layout.ClientHostKeys(request.Client), cancellation);

    /// <summary>Takes out of a clone what no two machines may share.</summary>
    internal async Task<StateRecord> ForgetMachineAsync(StateRecord record, string folder)
    {
        if (!record.HasRoot || Skipped(record.Image).Contains("machine-id"))
            return record;
        IReadOnlyList<EditStep> steps = await EditAsync(record.Kind, folder, MachineIdentity.Reset);
        return record with { Edits = EditMerge.Merge(record.Edits, steps) };
    }

    /// <summary>Edits the root of a state or image that nobody else uses.</summary>
    /// <returns>What was changed.</returns>
    internal async Task<IReadOnlyList<EditStep>> EditAsync(RootKind kind, string folder, Action<TreeEditor> edit)
    {
        if (kind == RootKind.Iscsi)
            return await _disks.EditAsync($"{folder}/{Layout.Disk}", edit);
        disk.Step($"edit {folder}/{Layout.Root}");
        using ForeignTree tree = ForeignTree.Open($"{folder}/{Layout.Root}");
        List<EditStep> steps = [];
        edit(new TreeEditor(tree, "", steps));
        return steps;
    }

    private async Task<StateRecord> PersonaliseAsync(RootRequest request, StateRecord record, string folder, string hostKeys, CancellationToken cancellation)
    {
        Personality personality = PersonalityOf(request, record);
        IReadOnlyList<EditStep> steps = [];
        if (record.HasRoot)
        {
            steps = await EditAsync(record.Kind, folder, personality.Apply);
        }
        else if (record.Kind == RootKind.Overlay && record.Personality != personality.Digest)
        {
            if (personality.IsOn("ssh-host-keys") && Path.Exists($"{Layout.ImageRoot(record.Image)}/usr/sbin/sshd"))
                await HostKeys.EnsureAsync(disk, hostKeys, request.Client, cancellation);
            steps = await _overlays.WriteAsync(folder, hostKeys, personality, cancellation);
        }
        else if (record.Kind == RootKind.External && record.Personality != personality.Digest)
        {
            steps = await _externals.WriteAsync(folder, personality, cancellation);
            record = record with { BootScript = steps.Count > 0 ? ExternalBoot.ScriptName : null };
        }

        string? version = record.NfsVersion;
        if (images.Find(record.Image) is { } image)
        {
            version = NfsOptions.Choose(record.Kind, request.Nfs, image);
            if (record.Kind == RootKind.Nfs)
                record = record with { BootScript = NfsOptions.ScriptFor(version, image) };
        }

        return record with
        {
            Personality = personality.Digest,
            External = request.External,
            Edits = EditMerge.Merge(record.Edits, steps),
            NfsVersion = version,
            NfsOptions = version is null ? null : NfsOptions.Words(version, personality),
        };
    }

    private HashSet<string> Skipped(string image) => [.. options.SkippedEdits, .. images.Find(image)?.SkippedEdits ?? []];

    /// <summary>Carries over from a state of a client to another that is being made; both hold a root.</summary>
    /// <returns>Whether files were copied.</returns>
    internal async Task<bool> CarryAsync(string client, StateRecord from, RootKind kind, string folder, IReadOnlyList<string> paths, string purpose, ProgressMeter progress, CancellationToken cancellation)
    {
        string source = Layout.ClientState(client, from.Number);
        string? clone = null;
        if (from.Kind == RootKind.Iscsi)
        {
            // The client may be using its disk: a clone of it is what a power cut would leave, and is mended when it is mounted.
            source = clone = disk.MakeWorkFolder("carry");
        }

        try
        {
            if (clone is not null)
                await disk.CloneFileAsync(Layout.ClientDisk(client, from.Number), $"{clone}/{Layout.Disk}", purpose, cancellation);
            await InTreeAsync(from.Kind, source, old => InTreeAsync(kind, folder, made => CarryOver.RunAsync(disk, old, made, paths, purpose, progress, cancellation)));
            return true;
        }
        finally
        {
            if (clone is not null)
                await disk.DeleteAsync(clone);
        }
    }

    private async Task InTreeAsync(RootKind kind, string folder, Func<ForeignTree, Task> work)
    {
        if (kind == RootKind.Iscsi)
        {
            await _disks.OpenAsync($"{folder}/{Layout.Disk}", work);
            return;
        }

        using ForeignTree tree = ForeignTree.Open($"{folder}/{Layout.Root}");
        await work(tree);
    }

    /// <summary>Works below <c>tmp/</c>, and says in words why it could not.</summary>
    internal async Task<T> InWorkFolderAsync<T>(string failure, string purpose, Func<string, Task<T>> make)
    {
        string work = disk.MakeWorkFolder("root");
        try
        {
            return await make(work);
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw disk.Space.Full(purpose, e);
        }
        catch (IOException e)
        {
            throw new StorageException($"{failure}: {e.Message}", e);
        }
        finally
        {
            await disk.DeleteAsync(work);
        }
    }

    private async Task<StateRecord> BuildClientAsync(string work, string client, Func<string, Task<(StateRecord Record, bool HasCopies)>> make, CancellationToken cancellation)
    {
        string folder = $"{work}/client";
        disk.MakeFolder(folder);
        disk.MakeFolder($"{folder}/{Layout.States}");
        string state = $"{folder}/{Layout.StatePath(1)}";
        (StateRecord record, bool hasCopies) = await make(state);
        record = record with { Number = 1 };
        await _quota.LimitAsync(record, state, cancellation);
        roots.Write(state, record);
        disk.Link($"{folder}/current", Layout.StatePath(1));
        await disk.SettleAsync(folder, hasCopies);
        cancellation.ThrowIfCancellationRequested();
        disk.Move(folder, Layout.Client(client));
        return record;
    }

    private static void RequireAbility(RootKind kind, ImageInfo image)
    {
        if (kind == RootKind.Iscsi && !image.CanIscsi)
        {
            string unread = image.Initramfs.FirstOrDefault(one => one.Problem is not null) is { } bad ? $" ({bad.File} could not be read: {bad.Problem})" : "";
            throw new StorageException($"Image {image.Name} cannot take its root from iSCSI: its initramfs has no iscsistart{unread}. 'bramble image prepare {image.Name} --iscsi' makes a version of it that has; or use an NFS root.");
        }

        if (kind == RootKind.Overlay && !image.CanOverlay)
        {
            string lacks = image.Initramfs.Count == 0 ? "it boots without an initramfs" : image.CanNfs ? "its initramfs is not that of initramfs-tools with nfsmount, or its kernel has no overlay" : "its initramfs has no nfsmount";
            throw new StorageException($"Image {image.Name} cannot be the lower layer of an overlay: {lacks}, and the overlay is made there. 'bramble image prepare {image.Name} --overlay' makes a version of it that can; or use an NFS root.");
        }

        NfsOptions.Choose(kind, null, image);
    }
}
