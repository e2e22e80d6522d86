using System.Buffers.Binary;
using System.Text;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Tests;

public sealed class FirmwareTests
{
    private static ConfigTxt Read(PiModel model, string text)
    {
        var config = new ConfigTxt(model, 0x8b07bcc6);
        Assert.Empty(config.Read(text));
        return config;
    }

    [Fact]
    public void Config_sections_apply_to_their_models_and_serials_only()
    {
        const string Text = """
            # a comment
            kernel=all.img
            [pi3]
            kernel=three.img
            [pi3+]
            dtoverlay=plus
            [pi4]
            kernel=four.img
            [pi5]
            kernel=five.img
            [cm4]
            kernel=module.img
            [all]
            [0x8b07bcc6]
            dtoverlay=mine,param=1
            [0x12345678]
            dtoverlay=other
            [all]
            [EDID=VSC-TD2220]
            dtoverlay=screen
            [none]
            dtoverlay=never
            [all]
            initramfs initrd.img-6.12 followkernel
            dtoverlay=
            """;
        ConfigTxt three = Read(PiModel.Pi3BPlus, Text);
        Assert.Equal("three.img", three["kernel"]);
        Assert.Equal(["plus", "mine"], three.Overlays);
        Assert.Equal("initrd.img-6.12", three.Initramfs);
        ConfigTxt four = Read(PiModel.Pi4B, Text);
        Assert.Equal("four.img", four["kernel"]);
        Assert.Equal(["mine"], four.Overlays);
        Assert.Equal("five.img", Read(PiModel.Pi5, Text)["kernel"]);
    }

    [Fact]
    public void Includes_are_named_where_they_stand()
    {
        var config = new ConfigTxt(PiModel.Pi4B, 1);
        var before = new List<string?>();
        foreach (string name in config.Read("kernel=a\ninclude extra.txt\nkernel=b\n[pi3]\ninclude never.txt\n"))
        {
            before.Add(name + " " + config["kernel"]);
        }

        Assert.Equal(["extra.txt a"], before);
        Assert.Equal("b", config["kernel"]);
    }

    [Fact]
    public void The_overlay_map_names_the_file_of_a_platform()
    {
        var map = OverlayMap.Parse(Tree(("vc4-kms-v3d", "bcm2711", "vc4-kms-v3d-pi4"), ("vc4-kms-v3d", "bcm2835", ""), ("old-name", "renamed", "new-name")));
        Assert.Equal("vc4-kms-v3d-pi4", map.Resolve("vc4-kms-v3d", "bcm2711"));
        Assert.Equal("vc4-kms-v3d", map.Resolve("vc4-kms-v3d", "bcm2835"));
        Assert.Equal("new-name", map.Resolve("old-name", "bcm2711"));
        Assert.Equal("unknown", map.Resolve("unknown", "bcm2711"));
    }

    [Fact]
    public void A_cut_overlay_map_is_an_empty_one()
    {
        byte[] tree = Tree(("vc4-kms-v3d", "bcm2711", "vc4-kms-v3d-pi4"));
        for (int length = 0; length < 100; length++)
        {
            Assert.Equal("vc4-kms-v3d", OverlayMap.Parse(tree.AsSpan(0, length)).Resolve("vc4-kms-v3d", "bcm2711"));
        }
    }

    [Fact]
    public void Folder_files_know_their_content_their_exceptions_and_no_way_out()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("virtual-pi-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "kernel8.img"), "kernel");
            File.WriteAllText(Path.Combine(folder.FullName, "config.txt"), "config");
            var files = new FolderFiles(folder.FullName, new Dictionary<string, string?> { ["made"] = null, ["other"] = Path.Combine(folder.FullName, "kernel8.img") });
            Assert.Equal(Expectation.Content, files.Find("kernel8.img", out ReadOnlyMemory<byte> content));
            Assert.Equal("kernel", Encoding.ASCII.GetString(content.Span));
            Assert.Equal(Expectation.Present, files.Find("config.txt", out _));
            Assert.Equal(Expectation.Unknown, files.Find("cmdline.txt", out _));
            Assert.Equal(Expectation.Unknown, files.Find("made", out _));
            Assert.Equal(Expectation.Content, files.Find("other", out _));
            Assert.Equal(Expectation.Absent, files.Find("initramfs8", out _));
            Assert.Equal(Expectation.Absent, files.Find("../../etc/passwd", out _));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Stage_events_are_lines_of_JSON()
    {
        var stage = new StageEvent(TimeSpan.FromSeconds(0.1234), BootStage.File,
            [new("path", "a\"b"), new("bytes", 5), new("seconds", 0.5), new("verified", true)]);
        Assert.Equal("""{"t":0.123,"stage":"file","path":"a\"b","bytes":5,"seconds":0.5,"verified":true}""", stage.ToJson());
    }

    /// <summary>A flattened device tree with one level of nodes.</summary>
    private static byte[] Tree(params (string Node, string Property, string Value)[] entries)
    {
        var strings = new List<byte>();
        var structure = new List<byte>();
        void word(int value)
        {
            byte[] octets = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(octets, value);
            structure.AddRange(octets);
        }

        void text(string value)
        {
            structure.AddRange(Encoding.ASCII.GetBytes(value + "\0"));
            structure.AddRange(new byte[(4 - (structure.Count % 4)) % 4]);
        }

        word(1);
        text("");
        foreach ((string node, string property, string value) in entries)
        {
            word(1);
            text(node);
            word(3);
            word(value.Length + 1);
            word(strings.Count);
            strings.AddRange(Encoding.ASCII.GetBytes(property + "\0"));
            text(value);
            word(2);
        }

        word(2);
        word(9);
        byte[] header = new byte[40];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0xd00dfeed);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 40);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(12), 40 + structure.Count);
        return [.. header, .. structure, .. strings];
    }
}
