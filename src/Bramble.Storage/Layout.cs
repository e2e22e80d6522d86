namespace Bramble.Storage;

/// <summary>The data folder: <c>images/NAME/{boot,root,image.json,disk.img}</c>, <c>clients/NAME/{boot,root|disk.img,root.json,address}</c>, and <c>tmp/</c>, whose content is never worth keeping.</summary>
internal sealed class Layout(string dataFolder)
{
    public string Data { get; } = dataFolder;

    public string Images => $"{Data}/images";

    public string Clients => $"{Data}/clients";

    public string Temporary => $"{Data}/tmp";

    public string Image(string name) => $"{Images}/{name}";

    public string ImageBoot(string name) => $"{Images}/{name}/boot";

    public string ImageRoot(string name) => $"{Images}/{name}/root";

    public string ImageRecord(string name) => $"{Images}/{name}/image.json";

    public string ImageDisk(string name) => $"{Images}/{name}/disk.img";

    public string Client(string name) => $"{Clients}/{name}";

    public string ClientBoot(string name) => $"{Clients}/{name}/boot";

    public string ClientRoot(string name) => $"{Clients}/{name}/root";

    public string ClientDisk(string name) => $"{Clients}/{name}/disk.img";

    public string ClientRecord(string name) => $"{Clients}/{name}/root.json";

    public string ClientAddress(string name) => $"{Clients}/{name}/address";
}
