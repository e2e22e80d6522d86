using System.Text.Json.Nodes;

namespace Bramble.Integration.Tests.Lab;

/// <summary>The boots that real boards did.</summary>
internal static class Recordings
{
    /// <summary>The file of all of them.</summary>
    public static readonly string File = Path.Combine(Repository.Root, "tests/fixtures/transcripts.json");

    /// <summary>Writes a boot that begins like a recorded one, up to the first file, and goes on with others.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="id">The recorded one.</param>
    /// <param name="files">Names below the board's prefix, each with what comes of it: full, probe or not_found.</param>
    /// <returns>The file for <c>virtual-pi replay</c>.</returns>
    public static string WriteShort(string folder, string id, params ReadOnlySpan<(string Path, string Expect)> files)
    {
        JsonNode all = JsonNode.Parse(System.IO.File.ReadAllText(File))!;
        JsonNode recorded = all["transcripts"]!.AsArray().Single(one => one!["id"]!.GetValue<string>() == id)!.DeepClone();
        JsonArray packets = recorded["packets"]!.AsArray();
        JsonNode request = packets.First(static packet => packet!["proto"]!.GetValue<string>() == "tftp")!.DeepClone();
        string prefix = request["path"]!.GetValue<string>().Split('/')[0];
        for (int i = packets.Count - 1; i >= 0 && packets[i]!["proto"]!.GetValue<string>() == "tftp"; i--)
        {
            packets.RemoveAt(i);
        }

        foreach ((string path, string expect) in files)
        {
            JsonNode packet = request.DeepClone();
            packet["path"] = $"{prefix}/{path}";
            packet["expect"] = expect;
            packets.Add(packet);
        }

        all["transcripts"] = new JsonArray(recorded);
        string written = Path.Combine(folder, "transcript.json");
        System.IO.File.WriteAllText(written, all.ToJsonString());
        return written;
    }
}
