using System.Text;
using Bramble.Linux.Files;
using Xunit;

namespace Bramble.Linux.Tests.Files;

/// <summary>Paths of clients do not leave the folder, whatever they contain and whatever changes meanwhile.</summary>
public sealed class BeneathDirectoryTests : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("bramble-beneath-").FullName;
    private readonly BeneathDirectory _folder;

    public BeneathDirectoryTests()
    {
        string folder = Path.Combine(_top, "folder");
        Directory.CreateDirectory(Path.Combine(folder, "a", "b"));
        File.WriteAllText(Path.Combine(_top, "secret"), "outside");
        File.WriteAllText(Path.Combine(folder, "file"), "inside");
        File.WriteAllText(Path.Combine(folder, "a", "b", "deep"), "inside");
        File.CreateSymbolicLink(Path.Combine(folder, "to-file"), "file");
        File.CreateSymbolicLink(Path.Combine(folder, "a", "b", "back"), "../../a/./b/../../file");
        File.CreateSymbolicLink(Path.Combine(folder, "to-b"), "a/b");
        File.CreateSymbolicLink(Path.Combine(folder, "out"), "../secret");
        File.CreateSymbolicLink(Path.Combine(folder, "a", "out"), "../../folder/file");
        File.CreateSymbolicLink(Path.Combine(folder, "absolute"), Path.Combine(folder, "file"));
        File.CreateSymbolicLink(Path.Combine(folder, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(folder, "nowhere"), "not-there");
        _folder = BeneathDirectory.TryOpen(folder, out _)!;
    }

    public static TheoryData<string, BeneathOpenError> Paths()
    {
        var data = new TheoryData<string, BeneathOpenError>();
        string[] inside = ["file", "./file", "a/b/deep", "a//b/./deep", "a/../file", "to-file", "a/b/back", "to-b/deep", "to-b/../../file"];
        string[] escapes =
        [
            "../secret", "../folder/file", "a/../../secret", "out", "a/out", "absolute", "/etc/passwd", "loop", "a/b/../../../secret",
            "to-b/../../../secret",
        ];
        data.AddRange([.. inside.Select(path => (path, BeneathOpenError.None))]);
        data.AddRange([.. escapes.Select(path => (path, BeneathOpenError.Escapes))]);
        foreach (string missing in (string[])["", "none", "a/none/deep", "file/deep", "nowhere", "file\0", new string('x', 300)])
        {
            data.Add(missing, BeneathOpenError.NotFound);
        }

        foreach (string folder in (string[])[".", "a", "a/b/..", "to-b"])
        {
            data.Add(folder, BeneathOpenError.NotRegular);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_path_leads_to_what_is_inside_and_to_nothing_else(string path, BeneathOpenError expected)
    {
        using BeneathFile? file = _folder.TryOpenRead(path, out BeneathOpenError error);
        Assert.Equal(expected, error);
        Assert.Equal(expected == BeneathOpenError.None, file is not null);
        if (file is not null)
        {
            byte[] content = new byte[6];
            Assert.Equal(6, file.ReadAt(0, content));
            Assert.Equal("inside", Encoding.ASCII.GetString(content));
        }
    }

    [Fact]
    public void The_same_holds_for_a_thread_with_the_system_call_filter_of_the_unit()
    {
        var found = new List<(string Path, BeneathOpenError Expected, BeneathOpenError Error)>();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                SuidFilter.Apply();
                foreach ((string path, BeneathOpenError expected) in Paths().Select(row => row.Data))
                {
                    using BeneathFile? file = _folder.TryOpenRead(path, out BeneathOpenError error);
                    found.Add((path, expected, error));
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        Assert.Equal(Paths().Count, found.Count);
        Assert.All(found, one => Assert.Equal(one.Expected, one.Error));
    }

    [Fact]
    public async Task Nothing_gets_out_while_a_client_swaps_a_folder_for_a_link()
    {
        string folder = Path.Combine(_top, "folder"), swap = Path.Combine(folder, "swap"), aside = Path.Combine(folder, "aside");
        Directory.CreateDirectory(swap);
        File.WriteAllText(Path.Combine(swap, "secret"), "inside");
        int tries = 0;
        Task client = Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Directory.Move(swap, aside);
                File.CreateSymbolicLink(swap, "..");
                File.Delete(swap);
                Directory.Move(aside, swap);
            }
        }, TestContext.Current.CancellationToken);
        byte[] content = new byte[6];
        do
        {
            using BeneathFile? file = _folder.TryOpenRead("swap/secret", out _);
            Assert.True(file is null || (file.ReadAt(0, content) == 6 && content.AsSpan().SequenceEqual("inside"u8)));
            tries++;
        }
        while (!client.IsCompleted);
        await client;
        Assert.True(tries > 0);
    }

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_top, recursive: true);
    }
}
