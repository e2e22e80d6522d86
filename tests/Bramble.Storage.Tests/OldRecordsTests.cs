using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bramble.Storage.Contract;
using Bramble.Storage.Roots;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>Records that an older Bramble wrote lack what came later: it must be read as if it had been left at its default.</summary>
public sealed class OldRecordsTests
{
    [Fact]
    public void An_image_of_an_older_version_is_read() => AssertDefaults(
        new ImageInfo
        {
            Name = "pi", Distribution = "Debian", BootFolder = "/b", RootFolder = "/r", BootMountPoint = "/boot/firmware", Source = "pi.img", Sha256 = "", SizeBytes = 1,
            Imported = DateTimeOffset.UnixEpoch, CanNfs = true, CanIscsi = false, Edits = [],
        },
        StorageJson.Default.ImageInfo);

    [Fact]
    public void A_state_of_an_older_version_is_read() => AssertDefaults(
        new StateRecord { Image = "pi", Kind = RootKind.Nfs, Created = DateTimeOffset.UnixEpoch, BootMountPoint = "/boot" }, StorageJson.Default.StateRecord);

    [Fact]
    public void What_a_root_was_asked_for_is_the_same_by_an_older_version()
    {
        var request = new RootRequest { Client = "pi-1", Image = "pi", Kind = RootKind.Nfs, HostName = "pi-1", ServerAddress = "10.0.0.1", BeaconPort = 1, BeaconToken = "00" };
        Assert.Equal(request, AssertDefaults(request, StorageContractJson.Default.RootRequest));
    }

    private static T AssertDefaults<T>(T newest, JsonTypeInfo<T> type)
    {
        JsonObject old = JsonSerializer.SerializeToNode(newest, type)!.AsObject();
        foreach (string name in typeof(T).GetProperties().Where(static p => p.Name != "Version" && !p.IsDefined(typeof(RequiredMemberAttribute), false)).Select(static p => p.Name))
        {
            old.Remove(char.ToLowerInvariant(name[0]) + name[1..]);
        }

        T read = old.Deserialize(type)!;
        Assert.Equal(JsonSerializer.Serialize(newest, type), JsonSerializer.Serialize(read, type));
        return read;
    }
}
