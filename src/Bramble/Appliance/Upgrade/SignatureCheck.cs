using Bramble.Linux.Processes;

namespace Bramble.Appliance.Upgrade;

/// <summary>Who may make upgrades for this box: minisign (Ed25519) and the public keys of two folders, the image's and the box's own.</summary>
/// <param name="keyFolders">Folders of public keys, <c>*.pub</c>.</param>
internal sealed class SignatureCheck(params IReadOnlyList<string> keyFolders)
{
    /// <summary>The keys that came with the image, and those that somebody put on this box.</summary>
    public static SignatureCheck OfThisBox { get; } = new("/usr/share/bramble/upgrade-keys", "/etc/bramble/upgrade-keys");

    /// <summary>Looks whether one of the keys has signed it.</summary>
    /// <exception cref="UpgradeException">None has, or there is no key.</exception>
    public async Task VerifyAsync(byte[] content, byte[] signature, CancellationToken cancellation)
    {
        string[] keys = [.. keyFolders.Where(Directory.Exists).SelectMany(static f => Directory.EnumerateFiles(f, "*.pub")).Order(StringComparer.Ordinal)];
        if (keys.Length == 0)
        {
            throw new UpgradeException($"this box knows no key that may sign upgrades. Put one into {keyFolders[^1]}/ (a file that ends in .pub).");
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("bramble-upgrade-");
        try
        {
            string file = Path.Combine(folder.FullName, UpgradeManifest.FileName);
            await File.WriteAllBytesAsync(file, content, cancellation);
            await File.WriteAllBytesAsync(file + ".minisig", signature, cancellation);
            foreach (string key in keys)
            {
                if ((await ChildProcess.RunAsync("minisign", ["-V", "-q", "-p", key, "-m", file], cancellation)).Succeeded)
                {
                    return;
                }
            }
        }
        catch (IOException e)
        {
            throw new UpgradeException($"its signature cannot be checked: {e.Message}", e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        throw new UpgradeException($"it is not signed with a key that this box trusts ({string.Join(", ", keys)}). For one of your own, put its public key into {keyFolders[^1]}/.");
    }
}
