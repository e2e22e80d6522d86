using System.Security.Cryptography;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;

namespace Bramble.Storage.Roots;

/// <summary>Makes clients' roots: everything below <c>tmp/</c>, then one rename.</summary>
internal sealed class RootBuilder(Layout layout, DiskSpace space, TimeProvider time)
{
    internal const string QualifiedName = "iqn.2026-01.org.bramble";

    private const int SecretLength = 16;
    private readonly TreeCopy _copy = new(layout, space);

    /// <summary>Makes a root.</summary>
    /// <exception cref="StorageException">The image cannot do what is asked, or there is no space.</exception>
    internal async Task<RootRecord> BuildAsync(RootRequest request, ImageInfo image, CancellationToken cancellation)
    {
        RequireAbility(request.Kind, image);
        string work = $"{layout.Temporary}/root-{Guid.NewGuid():N}";
        Directory.CreateDirectory(work);
        try
        {
            string folder = $"{work}/client";
            Directory.CreateDirectory(folder);
            RootRecord record = request.Kind == RootKind.Nfs
                ? await BuildNfsAsync(request, image, folder, cancellation).ConfigureAwait(false)
                : await BuildIscsiAsync(request, image, folder, cancellation).ConfigureAwait(false);
            RootStore.Write(folder, record);
            await Task.Run(() => AtomicFile.SyncFilesystem(folder), CancellationToken.None).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            Directory.Move(folder, layout.Client(request.Client));
            AtomicFile.SyncFolder(layout.Clients);
            return record;
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            throw space.Full($"for the root of {request.Client}", e);
        }
        catch (IOException e)
        {
            throw new StorageException($"The root of {request.Client} cannot be made: {e.Message}", e);
        }
        finally
        {
            await TreeCopy.DeleteAsync(work).ConfigureAwait(false);
        }
    }

    /// <summary>The personal files of a root that is there or about to be.</summary>
    internal Personality PersonalityOf(RootRequest request, RootRecord record) =>
        new(request, layout.ClientBoot(request.Client), record.BootMountPoint, record.FilesystemUuid, record.InitiatorName);

    private async Task<RootRecord> BuildNfsAsync(RootRequest request, ImageInfo image, string folder, CancellationToken cancellation)
    {
        string purpose = $"for the root of {request.Client}";
        if (!Linux.Btrfs.BtrfsSubvolume.IsSubvolume(image.RootFolder))
            space.Require(image.SizeBytes, purpose);
        await _copy.CloneTreeAsync(image.RootFolder, $"{folder}/root", purpose, cancellation).ConfigureAwait(false);
        await _copy.CloneTreeAsync(image.BootFolder, $"{folder}/boot", purpose, cancellation).ConfigureAwait(false);
        RootRecord record = Record(RootKind.Nfs, image);
        using ForeignTree tree = ForeignTree.Open($"{folder}/root");
        return Personalise(request, record, new TreeEditor(tree, "", []));
    }

    private async Task<RootRecord> BuildIscsiAsync(RootRequest request, ImageInfo image, string folder, CancellationToken cancellation)
    {
        string purpose = $"for the root of {request.Client}";
        IscsiDisk disks = new(layout, space, _copy);
        await disks.EnsureImageDiskAsync(image, cancellation).ConfigureAwait(false);
        string disk = $"{folder}/disk.img";
        await _copy.CloneFileAsync(layout.ImageDisk(image.Name), disk, purpose, cancellation).ConfigureAwait(false);
        await _copy.CloneTreeAsync(image.BootFolder, $"{folder}/boot", purpose, cancellation).ConfigureAwait(false);
        string uuid = Guid.NewGuid().ToString("D");
        await disks.SetUuidAsync(disk, uuid, cancellation).ConfigureAwait(false);
        RootRecord record = Record(RootKind.Iscsi, image) with
        {
            TargetName = $"{QualifiedName}:{request.Client}",
            InitiatorName = $"{QualifiedName}.client:{request.Client}",
            ChapUser = request.Client,
            ChapSecret = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", SecretLength),
            FilesystemUuid = uuid,
        };
        disks.Edit(disk, root => record = Personalise(request, record, root));
        return record;
    }

    /// <summary>Writes the personal files of a root that is there, if they are not the same already.</summary>
    /// <returns>The record with the new digest.</returns>
    internal RootRecord Renew(RootRequest request, RootRecord record)
    {
        Personality personality = PersonalityOf(request, record);
        if (record.Kind == RootKind.Nfs)
        {
            using ForeignTree tree = ForeignTree.Open(layout.ClientRoot(request.Client));
            personality.Apply(new TreeEditor(tree, "", []));
        }
        else
        {
            new IscsiDisk(layout, space, _copy).Edit(layout.ClientDisk(request.Client), personality.Apply);
        }

        return record with { Personality = personality.Digest };
    }

    private RootRecord Personalise(RootRequest request, RootRecord record, TreeEditor root)
    {
        MachineIdentity.Reset(root);
        Personality personality = PersonalityOf(request, record);
        personality.Apply(root);
        return record with { Personality = personality.Digest };
    }

    private RootRecord Record(RootKind kind, ImageInfo image) =>
        new() { Image = image.Name, Kind = kind, Created = time.GetUtcNow(), BootMountPoint = image.BootMountPoint };

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
