using System.Text;

namespace Bramble.Storage.Tests.Support;

/// <summary>Writes "newc" archives.</summary>
internal static class Cpio
{
    public static byte[] Of(params (string Name, byte[] Content)[] files)
    {
        using MemoryStream stream = new();
        foreach ((string name, byte[] content) in files)
            Add(stream, name, content);
        Add(stream, "TRAILER!!!", []);
        while (stream.Length % 512 != 0)
            stream.WriteByte(0);
        return stream.ToArray();
    }

    private static void Add(MemoryStream stream, string name, byte[] content)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name + "\0");
        int[] fields = [1, 0x81a4, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, bytes.Length, 0];
        stream.Write(Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(field => field.ToString("X8")))));
        stream.Write(bytes);
        Pad(stream);
        stream.Write(content);
        Pad(stream);
    }

    private static void Pad(MemoryStream stream)
    {
        while (stream.Length % 4 != 0)
            stream.WriteByte(0);
    }
}
