using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Storage.Tests;

[Trait("kind", "integration")]
public sealed class ExportTests
{
    [Fact]
    public async Task A_root_is_exported_once_and_to_one_address()
    {
        await using Box box = await MakeAsync();
        StorageService storage = box.Open();
        box.Units.OnReload = _ => box.Export();
        await storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None);
        await storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None);
        Assert.Equal(["nfs-server.service"], box.Units.Reloaded);
        Assert.Empty(await storage.PublishRootAsync("pi-2", "10.0.0.2", CancellationToken.None));
        Assert.Equal(
            [$"{box.Data}/clients/pi-1/states/1/boot 10.0.0.1", $"{box.Data}/clients/pi-1/states/1/root 10.0.0.1", $"{box.Data}/clients/pi-2/states/1/boot 10.0.0.2", $"{box.Data}/clients/pi-2/states/1/root 10.0.0.2"],
            (await File.ReadAllLinesAsync(box.Options.ExportsFile)).Skip(1).Select(line => line.Split('(')[0]));

        // An address has one holder, and who lost it is said.
        Assert.Equal(["pi-1"], await storage.PublishRootAsync("pi-2", "10.0.0.1", CancellationToken.None));
        Assert.Equal(
            [$"{box.Data}/clients/pi-2/states/1/boot 10.0.0.1", $"{box.Data}/clients/pi-2/states/1/root 10.0.0.1"],
            (await File.ReadAllLinesAsync(box.Options.ExportsFile)).Skip(1).Select(line => line.Split('(')[0]));

        await storage.RemoveRootAsync("pi-2", CancellationToken.None);
        Assert.Single(await File.ReadAllLinesAsync(box.Options.ExportsFile));
    }

    [Fact]
    public async Task A_table_that_lost_the_export_is_mended()
    {
        await using Box box = await MakeAsync();
        StorageService storage = box.Open();
        box.Units.OnReload = _ => box.Export();
        await storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None);
        File.Delete(box.Options.ExportTableFile);
        await storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None);
        Assert.Equal(2, box.Units.Reloaded.Count);
    }

    [Fact]
    public async Task A_failed_reload_is_told_in_the_units_own_words()
    {
        await using Box box = await MakeAsync();
        StorageService storage = box.Open();
        box.Units.Result = new UnitJobResult("failed", "exportfs: /etc/exports.d/x.exports:1: syntax error");
        await RootTests.AssertRefusedAsync("syntax error", () => storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None));
    }

    [Fact]
    public async Task A_reload_without_effect_is_a_failure()
    {
        await using Box box = await MakeAsync();
        StorageService storage = box.Open();
        await RootTests.AssertRefusedAsync("does not export the root of pi-1", () => storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_service_manager_the_file_is_written()
    {
        await using Box box = await MakeAsync();
        using StorageService storage = new(box.Options, new NoUnitReloader(), TimeProvider.System, NullLogger.Instance);
        await storage.PublishRootAsync("pi-1", "10.0.0.1", CancellationToken.None);
        Assert.Contains("/clients/pi-1/states/1/root 10.0.0.1(rw,", await File.ReadAllTextAsync(box.Options.ExportsFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_root_is_not_published()
    {
        await using Box box = await MakeAsync();
        StorageService storage = box.Open();
        await RootTests.AssertRefusedAsync("no root of nobody", () => storage.PublishRootAsync("nobody", "10.0.0.1", CancellationToken.None));
        await RootTests.AssertRefusedAsync("not an IPv4 address", () => storage.PublishRootAsync("pi-1", "10.0.0.1(rw) *", CancellationToken.None));
        await RootTests.AssertRefusedAsync("not a client name", () => storage.PublishRootAsync("../pi-1", "10.0.0.1", CancellationToken.None));
    }

    private static async Task<Box> MakeAsync()
    {
        Box box = await Box.MakeAsync();
        using StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        await storage.PrepareRootAsync(Box.Request("pi-1"), CancellationToken.None);
        await storage.PrepareRootAsync(Box.Request("pi-2"), CancellationToken.None);
        return box;
    }
}
