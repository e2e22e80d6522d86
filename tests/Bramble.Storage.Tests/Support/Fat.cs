using System.Text;

namespace Bramble.Storage.Tests.Support;

/// <summary>Spoils names in a FAT filesystem.</summary>
internal static class Fat
{
    /// <summary>Replaces every short and every long name's characters, byte by byte.</summary>
    public static void Rename(string image, string from, string to)
    {
        byte[] bytes = File.ReadAllBytes(image);
        Replace(bytes, Encoding.ASCII.GetBytes(from), Encoding.ASCII.GetBytes(to));
        Replace(bytes, Encoding.Unicode.GetBytes(from), Encoding.Unicode.GetBytes(to));
        File.WriteAllBytes(image, bytes);
    }

    private static void Replace(byte[] bytes, byte[] from, byte[] to)
    {
        for (int at = bytes.AsSpan().IndexOf(from); at >= 0; at = bytes.AsSpan().IndexOf(from))
            to.CopyTo(bytes, at);
    }
}
