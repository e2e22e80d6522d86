using System.Globalization;
using System.Security.Cryptography;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Roots;

/// <summary>Makes states of clients' roots: everything below <c>tmp/</c>, then one rename.</summary>
internal sealed class RootBuilder(DataDisk disk, RootStore roots, TimeProvider time)
{
    internal const string QualifiedName = "iqn.2026-01.org.bramble";

    private const int SecretLength = 16;
    private readonly IscsiDisk _disks = new(disk);

    private Layout Layout => disk.Layout;

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
                (StateRecord record, bool hasCopies) = await CloneImageAsync(request.Client, 1, request.Kind, image, folder, progress, cancellation).ConfigureAwait(false);
                Personality personality = PersonalityOf(request, record);
                await EditAsync(record.Kind, folder, root =>
                {
                    MachineIdentity.Reset(root);
                    personality.Apply(root);
                }).ConfigureAwait(false);
                return (record with { Personality = personality.Digest }, hasCopies);
            },
            cancellation));

    /// <summary>Makes the first state of a client's root from another client's.</summary>
    internal Task<StateRecord> DuplicateAsync(string client, StateRecord source, string newClient, ProgressMeter progress, CancellationToken cancellation) =>
        InWorkFolderAsync($"The root of {newClient} cannot be made", $"for the root of {newClient}", work => BuildClientAsync(
            work,
            newClient,
            async folder =>
            {
                bool hasCopies = await CloneStateAsync(client, source, folder, $"for the root of {newClient}", progress, cancellation).ConfigureAwait(false);
                await EditAsync(source.Kind, folder, MachineIdentity.Forget).ConfigureAwait(false);
                StateRecord record = Target(newClient, 1, new StateRecord { Image = source.Image, Kind = source.Kind, Created = time.GetUtcNow(), BootMountPoint = source.BootMountPoint });
                if (source.Kind == RootKind.Iscsi)
                {
                    record = record with { FilesystemUuid = Guid.NewGuid().ToString("D") };
                    await _disks.SetUuidAsync($"{folder}/{Layout.Disk}", record.FilesystemUuid, cancellation).ConfigureAwait(false);
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
            (StateRecord record, bool hasCopies) = await make(folder).ConfigureAwait(false);
            record = record with { Number = number };
            roots.Write(folder, record);
            await disk.SettleAsync(folder, hasCopies).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            disk.Move(folder, Layout.ClientState(client, number));
            return record;
        });

    /// <summary>Clones an image as a state.</summary>
    internal async Task<(StateRecord Record, bool HasCopies)> CloneImageAsync(string client, int number, RootKind kind, ImageInfo image, string folder, ProgressMeter progress, CancellationToken cancellation)
    {
        RequireAbility(kind, image);
        string purpose = $"for the root of {client}";
        StateRecord record = new() { Number = number, Image = image.Name, Kind = kind, Created = time.GetUtcNow(), BootMountPoint = image.BootMountPoint };
        if (kind == RootKind.Nfs)
        {
            await _disks.EnsureImageTreeAsync(image, progress, cancellation).ConfigureAwait(false);
            return (record, await disk.CloneTreeAsync(Layout.Image(image.Name), folder, record.Parts, purpose, progress, cancellation).ConfigureAwait(false));
        }

        await _disks.EnsureImageDiskAsync(image, cancellation).ConfigureAwait(false);
        disk.MakeTree(folder);
        string file = $"{folder}/{Layout.Disk}";
        await disk.CloneFileAsync(Layout.ImageDisk(image.Name), file, purpose, cancellation).ConfigureAwait(false);
        await disk.CopyAsync(Layout.ImageBoot(image.Name), folder, purpose, progress, "Copying the boot tree", 0, cancellation).ConfigureAwait(false);
        string uuid = Guid.NewGuid().ToString("D");
        await _disks.SetUuidAsync(file, uuid, cancellation).ConfigureAwait(false);
        return (Target(client, number, record) with { FilesystemUuid = uuid }, true);
    }

    /// <summary>Clones a state of a client's root.</summary>
    /// <returns>Whether files were copied.</returns>
    internal Task<bool> CloneStateAsync(string client, StateRecord source, string folder, string purpose, ProgressMeter progress, CancellationToken cancellation) =>
        disk.CloneTreeAsync(Layout.ClientState(client, source.Number), folder, source.Parts, purpose, progress, cancellation);

    /// <summary>A record with a target and a secret of its own: the disk of an older state stays open to whoever still runs on it, and to nobody else.</summary>
    internal static StateRecord Target(string client, int number, StateRecord record)
    {
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

    /// <summary>The personal files of a state that is there or about to be.</summary>
    internal Personality PersonalityOf(RootRequest request, StateRecord record) =>
        new(request, Layout.ClientBoot(request.Client, record.Number), record.BootMountPoint, record.FilesystemUuid, record.InitiatorName);

    /// <summary>Writes the personal files of a state that is there, if they are not the same already.</summary>
    /// <returns>The record with the new digest.</returns>
    internal async Task<StateRecord> RenewAsync(RootRequest request, StateRecord record)
    {
        Personality personality = PersonalityOf(request, record);
        await EditAsync(record.Kind, Layout.ClientState(request.Client, record.Number), personality.Apply).ConfigureAwait(false);
        return record with { Personality = personality.Digest };
    }

    /// <summary>Edits the root of a state or image that nobody else uses.</summary>
    internal async Task EditAsync(RootKind kind, string folder, Action<TreeEditor> edit)
    {
        if (kind == RootKind.Iscsi)
        {
            await _disks.EditAsync($"{folder}/{Layout.Disk}", root =>
            {
                edit(root);
                return true;
            }).ConfigureAwait(false);
            return;
        }

        disk.Step($"edit {folder}/{Layout.Root}");
        using ForeignTree tree = ForeignTree.Open($"{folder}/{Layout.Root}");
        edit(new TreeEditor(tree, "", []));
    }

    /// <summary>Works below <c>tmp/</c>, and says in words why it could not.</summary>
    internal async Task<T> InWorkFolderAsync<T>(string failure, string purpose, Func<string, Task<T>> make)
    {
        string work = disk.MakeWorkFolder("root");
        try
        {
            return await make(work).ConfigureAwait(false);
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
            await disk.DeleteAsync(work).ConfigureAwait(false);
        }
    }

    private async Task<StateRecord> BuildClientAsync(string work, string client, Func<string, Task<(StateRecord Record, bool HasCopies)>> make, CancellationToken cancellation)
    {
        string folder = $"{work}/client";
        disk.MakeFolder(folder);
        disk.MakeFolder($"{folder}/{Layout.States}");
        string state = $"{folder}/{Layout.StatePath(1)}";
        (StateRecord record, bool hasCopies) = await make(state).ConfigureAwait(false);
        record = record with { Number = 1 };
        roots.Write(state, record);
        disk.Link($"{folder}/current", Layout.StatePath(1));
        await disk.SettleAsync(folder, hasCopies).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        disk.Move(folder, Layout.Client(client));
        return record;
    }

    private static void RequireAbility(RootKind kind, ImageInfo image)
    {
        if (kind == RootKind.Iscsi && !image.CanIscsi)
        {
            string unread = image.Initramfs.FirstOrDefault(one => one.Problem is not null) is { } bad ? $" ({bad.File} could not be read: {bad.Problem})" : "";
            throw new StorageException($"Image {image.Name} cannot take its root from iSCSI: its initramfs has no iscsistart{unread}. Install open-iscsi in the image, create /etc/iscsi/iscsi.initramfs, run update-initramfs -u -k all, and import it again; or use an NFS root.");
        }

        if (kind == RootKind.Nfs && !image.CanNfs)
            throw new StorageException($"Image {image.Name} cannot take its root from NFS: its initramfs has no nfsmount. Install nfs-common and initramfs-tools in the image, run update-initramfs -u -k all, and import it again.");
    }
}
