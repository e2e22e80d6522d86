using Bramble.Bus;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Commands;

/// <summary>
/// Where an image comes from. The storage service has no network and opens no disk: what is not a file or folder is opened here, by the command, and
/// handed over open.
/// </summary>
internal static class ImageSource
{
    /// <summary>Imports from a file, a folder, a device, standard input or the network.</summary>
    /// <param name="storage">Storage.</param>
    /// <param name="request">What was asked for; the source as it was typed.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ImageInfo> ImportAsync(StorageBusProxy storage, ImportRequest request, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        (string from, string? name) = (request.Source, request.Name);
        if (from == "-")
        {
            using var input = new SafeFileHandle(0, ownsHandle: false);
            if (!Console.IsInputRedirected)
            {
                throw new StorageException("Standard input is a terminal: give it an image, as in: xzcat FILE | bramble image add - --name NAME");
            }

            request = request with { Source = "standard input", Name = name ?? throw new StorageException("An image from standard input needs a name: --name NAME") };
            return await storage.ImportStreamAsync(request with { Length = FileDescriptor.Length(input) }, input, progress, cancellation);
        }

        if (Uri.TryCreate(from, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            return await Download.ImportAsync(storage, address, request, progress, cancellation);
        }

        string path = Path.GetFullPath(from);
        if (!path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return await storage.ImportImageAsync(request with { Source = path }, null, progress, cancellation);
        }

        try
        {
            using SafeFileHandle device = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            RefuseMounted(path);
            request = request with { Source = path, Length = FileDescriptor.Length(device), Name = name ?? throw new StorageException("An image from a device needs a name: --name NAME") };
            return await storage.ImportStreamAsync(request, device, progress, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A filesystem that changes while it is read makes an image that is damaged.</summary>
    private static void RefuseMounted(string device)
    {
        foreach (string line in File.ReadLines("/proc/self/mounts"))
        {
            string[] fields = line.Split(' ');
            if (fields.Length > 3 && fields[0].StartsWith(device, StringComparison.Ordinal) && !fields[3].Split(',').Contains("ro"))
            {
                throw new StorageException($"{fields[0]} is mounted at {fields[1]}: unmount it first (umount {fields[1]}).");
            }
        }
    }
}
