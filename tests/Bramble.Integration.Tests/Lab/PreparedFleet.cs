using System.Globalization;

namespace Bramble.Integration.Tests.Lab;

/// <summary>
/// Writes a state folder as a server leaves it behind: Raspberry Pi 4s that are clients with a root made, so that they are served at once
/// and without a bus.
/// </summary>
internal static class PreparedFleet
{
    /// <summary>The serial number of the first board; the others follow.</summary>
    public const uint FirstSerial = 0x10000001;

    /// <summary>The serial number of a board, counted from 0, as eight hex digits.</summary>
    public static string SerialOf(int board) => (FirstSerial + (uint)board).ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The Ethernet address of a board, made from its serial as the virtual Raspberry Pi makes it.</summary>
    public static string MacOf(int board)
    {
        string serial = SerialOf(board);
        return $"dc:a6:32:{serial[2..4]}:{serial[4..6]}:{serial[6..8]}";
    }

    /// <summary>Writes the files.</summary>
    /// <param name="stateFolder">The folder of <c>[state] folder</c>.</param>
    /// <param name="boards">How many.</param>
    /// <param name="serverAddress">The server's address as clients see it.</param>
    /// <param name="bootFolderOf">Boot folder of each board.</param>
    public static void Write(string stateFolder, int boards, string serverAddress, Func<int, string> bootFolderOf)
    {
        for (int i = 0; i < boards; i++)
        {
            string serial = SerialOf(i);
            string name = "pi-" + serial;
            Save("boards", serial, $$"""
                {"mac": "{{MacOf(i)}}", "serial": "{{serial}}", "revision": "d03114", "model": "pi4B", "family": "pi4",
                 "firstSeen": "2026-01-01T00:00:00+00:00", "lastSeen": "2026-01-01T00:00:00+00:00", "approved": true}
                """);
            Save("clients", name, $$"""
                {"name": "{{name}}", "board": "{{serial}}", "image": "pi", "rootKind": "nfs", "beaconToken": "00", "created": "2026-01-01T00:00:00+00:00"}
                """);
            Save("roots", name, $$"""
                {"request": {"client": "{{name}}", "image": "pi", "kind": "nfs", "hostName": "{{name}}", "serverAddress": "{{serverAddress}}",
                 "beaconPort": 6767, "beaconToken": "00"},
                 "root": {"client": "{{name}}", "image": "pi", "kind": "nfs", "bootFolder": "{{bootFolderOf(i)}}", "rootFolder": "/nonexistent"} }
                """);
        }

        void Save(string kind, string name, string json)
        {
            string folder = Path.Combine(stateFolder, kind);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, name + ".json"), json);
        }
    }
}
