using System.Text;
using Bramble.Fleet.BootFiles;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.BootFiles;

public class ConfigTextTests
{
    [Fact]
    public void Kernel_and_cmdline_names_are_found_in_every_section()
    {
        var config = ConfigText.Parse("# kernel=no.img\nkernel=a.img\r\n[pi5]\nkernel = b.img \ncmdline=c.txt\nkernel=\n=x\nkernel_address=1\n");
        Assert.Equal(["a.img", "b.img"], config.Kernels);
        Assert.Equal(["c.txt"], config.CommandLines);
    }

    [Theory]
    [InlineData("initramfs initrd.gz followkernel", "initrd.gz")]
    [InlineData("[pi4]\ninitramfs  one,two 0x00800000\r\nramfsfile=three", "one two three")]
    [InlineData("ramfsfile = one,,two", "one two")]
    [InlineData("auto_initramfs=1\n#initramfs one\ninitramfs\ninitramfs ,\nramfsfile=,", "")]
    public void The_names_of_an_initramfs_are_found(string text, string names) =>
        Assert.Equal(names, string.Join(' ', ConfigText.Parse(text).Initramfs));

    [Fact]
    public void Lines_of_the_client_are_added_for_every_model() =>
        Assert.Equal("[pi4]\nx=1\n[all]\ny=2\nz=3\n", Encoding.UTF8.GetString(ConfigText.Append("[pi4]\nx=1"u8, ["y=2", "z=3"])));

    [Fact]
    public void No_text_makes_it_throw() => Check.QuickThrowOnFailure(Prop.ForAll<string>(text => ConfigText.Parse(text ?? "") is not null));

    [Theory]
    [InlineData("kernel8.img", true)]
    [InlineData("kernel_2712.img", true)]
    [InlineData("current/vmlinuz", true)]
    [InlineData("RPI_EFI.fd", true)]
    [InlineData("initramfs8", false)]
    [InlineData("recovery8.img", false)]
    [InlineData("kernel8.img.sig", false)]
    [InlineData("start4.elf", false)]
    public void The_kernel_is_known_by_its_name(string path, bool isKernel) => Assert.Equal(isKernel, KernelFile.Is(path, ["RPI_EFI.fd"]));
}
