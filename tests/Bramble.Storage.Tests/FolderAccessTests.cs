using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>Local users must not reach set-user-id programs and secrets in images and clients' roots.</summary>
public sealed class FolderAccessTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public async Task Without_a_reader_group_only_the_owner_may_look_into_images_and_clients()
    {
        await using Box box = await Box.MakeAsync();
        await box.Open().ListImagesAsync(CancellationToken.None);
        Assert.All(new[] { "images", "clients", "tmp", "journal" }, f => Assert.Equal(Owner, File.GetUnixFileMode($"{box.Data}/{f}")));
    }

    [Fact]
    public async Task Reader_group_may_look_but_not_write_and_others_may_do_neither()
    {
        await using Box box = await Box.MakeAsync();
        Directory.CreateDirectory($"{box.Data}/images");
        File.SetUnixFileMode($"{box.Data}/images", Owner | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        uint group = uint.Parse((await Shell.RunAsync("id -g")).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        await box.Open(box.Options with { ReaderGroupId = group }).ListImagesAsync(CancellationToken.None);
        const UnixFileMode Expected = Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Assert.All(new[] { "images", "clients" }, f => Assert.Equal(Expected, File.GetUnixFileMode($"{box.Data}/{f}")));
    }
}
