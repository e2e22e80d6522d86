using Bramble.Storage.Contract;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>What the data disk is used for.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<StorageUsage> MeasureAsync(CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        List<string> files =
        [
            .. _images.List().Select(image => _layout.ImageDisk(image.Name)).Where(File.Exists),
            .. _roots.List().SelectMany(one => _roots.States(one.Client).Where(static state => state.Kind == RootKind.Iscsi).Select(state => _layout.ClientDisk(one.Client, state.Number))).Where(File.Exists),
        ];
        IReadOnlyDictionary<string, long> used = await DataDisk.UsedByEachAsync(files);
        return new StorageUsage(_space.Look(), [.. files.Select(file => new ThinDisk(file, new FileInfo(file).Length, used.GetValueOrDefault(file)))]);
    }
}
