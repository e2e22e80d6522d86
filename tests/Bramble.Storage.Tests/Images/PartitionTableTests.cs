using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Xunit;

namespace Bramble.Storage.Tests.Images;

public sealed class PartitionTableTests
{
    private const string Mbr = """
        {"partitiontable": {"label": "dos", "id": "0x72a12cbf", "device": "a.img", "unit": "sectors", "sectorsize": 512, "partitions": [
          {"node": "a.img1", "start": 2048, "size": 2048, "type": "c"},
          {"node": "a.img2", "start": 4096, "size": 6144, "type": "83", "bootable": true}]}}
        """;

    [Fact]
    public void Sectors_become_bytes() =>
        Assert.Equal([new Partition(1, 1048576, 1048576, "c"), new Partition(2, 2097152, 3145728, "83")], PartitionTable.Parse(Mbr, 5 << 20, "a.img"));

    [Fact]
    public void Larger_sectors_count() =>
        Assert.Equal(4096 * 2048, PartitionTable.Parse(Mbr.Replace("\"sectorsize\": 512", "\"sectorsize\": 4096", StringComparison.Ordinal), 64 << 20, "a.img")[0].Offset);

    [Theory]
    [InlineData("\"size\": 6144", "\"size\": 6145")]
    [InlineData("\"size\": 6144", "\"size\": 18446744073709551615")]
    [InlineData("\"start\": 4096", "\"start\": 18446744073709551615")]
    [InlineData("\"start\": 4096", "\"start\": 10241")]
    public void A_partition_beyond_the_end_means_truncated(string from, string to) =>
        Assert.Contains("a.img is truncated: partition 2", Refusal(Mbr.Replace(from, to, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\0\u00ff")]
    [InlineData("{\"partitiontable\": null}")]
    [InlineData("{\"partitiontable\": {\"unit\": \"cylinders\"}}")]
    [InlineData("{\"partitiontable\": {\"unit\": \"sectors\", \"sectorsize\": 0}}")]
    [InlineData("{\"partitiontable\": {\"unit\": \"sectors\", \"sectorsize\": -512}}")]
    [InlineData("{\"partitiontable\": {\"unit\": \"sectors\", \"sectorsize\": 513}}")]
    [InlineData("{\"partitiontable\": {\"unit\": \"sectors\", \"partitions\": [{\"start\": -1, \"size\": 1}]}}")]
    public void What_is_not_understood_is_refused(string json) => Assert.Contains("a.img", Refusal(json), StringComparison.Ordinal);

    [Fact]
    public void A_lone_protective_mbr_is_a_broken_gpt() =>
        Assert.Contains("GPT", Refusal(Mbr.Replace("\"83\"", "\"ee\"", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public void A_table_without_partitions_is_empty() =>
        Assert.Empty(PartitionTable.Parse("{\"partitiontable\": {\"label\": \"dos\", \"unit\": \"sectors\"}}", 1 << 20, "a.img"));

    [Theory]
    [InlineData("dos")]
    [InlineData("gpt")]
    [Trait("kind", "integration")]
    public async Task Whatever_bytes_a_table_has_no_partition_lies_outside_of_the_image(string label)
    {
        const long Length = 4 << 20;
        string file = Path.GetTempFileName();
        try
        {
            await Support.Shell.RunAsync($"truncate -s {Length} {file}; printf 'label: {label}\nstart=2048, size=2048\nstart=4096, size=2000\n' | sfdisk -q {file}");
            byte[] good = await File.ReadAllBytesAsync(file);
            Random random = new(11);
            for (int i = 0; i < 60; i++)
            {
                // The MBR's four entries, or the GPT's header and first entries.
                byte[] hostile = [.. good];
                for (int bytes = random.Next(1, 12); bytes > 0; bytes--)
                    hostile[label == "dos" ? random.Next(446, 510) : random.Next(512, 1280)] = (byte)random.Next(256);
                await File.WriteAllBytesAsync(file, hostile);
                try
                {
                    Assert.All(await PartitionTable.ReadAsync(file, Length, "a.img", CancellationToken.None), one => Assert.True(one.Offset >= 0 && one.Length > 0 && one.Offset <= Length - one.Length));
                }
                catch (StorageException e)
                {
                    Assert.Contains("a.img", e.Message, StringComparison.Ordinal);
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Refusal(string json) => Assert.Throws<StorageException>(() => PartitionTable.Parse(json, 5 << 20, "a.img")).Message;
}
