using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Hosting;
using Bramble.Linux.DBus;
using Bramble.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Storing;

/// <summary>The services of <c>bramble storaged</c>.</summary>
internal static class StoragedServices
{
    /// <summary>Makes the host; nothing runs yet.</summary>
    public static IHost Build(ServiceSettings settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        ServiceHost.AddTo(builder, settings);
        builder.Services.AddSingleton(static _ => BusLink.ToSystemBus());
        builder.Services.AddSingleton(static s => new StorageService(
            OptionsOf(s.GetRequiredService<ServiceSettings>().Config), new SystemdUnitReloader(s.GetRequiredService<BusLink>()),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>().CreateLogger("storage")));
        builder.Services.AddHostedService<StorageBusService>();
        return builder.Build();
    }

    private static StorageOptions OptionsOf(BrambleConfig config) => new()
    {
        DataFolder = config.DataFolder,
        ExportsFile = config.ExportsFile,
        TargetsFile = config.TargetsFile,
        SkippedEdits = config.SkippedEdits,
        KeptFreeBytes = config.KeptFreeBytes,
        RootQuotaBytes = config.RootQuotaBytes,
        ReaderGroupId = PasswdFile.FindGroupId("bramble-files"),
    };
}
