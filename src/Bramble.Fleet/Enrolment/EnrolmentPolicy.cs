namespace Bramble.Fleet.Enrolment;

/// <summary>What happens to boards that are not known.</summary>
public enum EnrolmentPolicy
{
    /// <summary>Every Raspberry Pi that asks becomes a client.</summary>
    Open,

    /// <summary>Only while a window is open, which a button or a command opens for some minutes.</summary>
    Button,

    /// <summary>Only boards that a person listed or approved.</summary>
    List,
}
