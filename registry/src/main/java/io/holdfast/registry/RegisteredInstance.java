package io.holdfast.registry;

import io.holdfast.coordination.Revision;
import java.util.Optional;

/**
 * An instance as the cluster knows it.
 *
 * @param instance its description; the status is the effective one, that is the operator's override
 *     if there is one
 * @param epoch identifies the registration: the revision at which its key was created. An update in
 *     place keeps it; a restarted process gets a later one. A caller can send the epoch, so that
 *     the callee notices a request for another registration: see {@link EpochCheck}
 * @param ownStatus the status that it gave itself
 * @param override the status that an operator gave it, if any
 * @param hold why it is shown although the cluster no longer names it; empty if the cluster names
 *     it
 */
public record RegisteredInstance(
    ServiceInstance instance,
    Revision epoch,
    InstanceStatus ownStatus,
    Optional<StatusOverride> override,
    Optional<ProtectionHold> hold) {

  /** An instance without an operator's override. */
  public RegisteredInstance(ServiceInstance instance, Revision epoch) {
    this(instance, epoch, instance.status(), Optional.empty(), Optional.empty());
  }

  /** An instance that is there, with an operator's status, if any, in place of its own. */
  public static RegisteredInstance of(
      ServiceInstance own, Revision epoch, Optional<StatusOverride> override) {
    InstanceStatus effective = override.map(there -> there.over(own.status())).orElse(own.status());
    ServiceInstance shown = effective == own.status() ? own : own.withStatus(effective);
    return new RegisteredInstance(shown, epoch, own.status(), override, Optional.empty());
  }

  /** The same, shown although the cluster no longer names it. */
  public RegisteredInstance withHold(ProtectionHold why) {
    return new RegisteredInstance(instance, epoch, ownStatus, override, Optional.of(why));
  }

  /** The instance's id. */
  public String id() {
    return instance.id();
  }

  /** True if the cluster no longer names it; {@link #hold} says why it is shown. */
  public boolean isHeld() {
    return hold.isPresent();
  }

  /**
   * True if both are the same registration of the same instance, even if the descriptions differ.
   */
  public boolean isSameAs(RegisteredInstance other) {
    return epoch.equals(other.epoch) && id().equals(other.id());
  }
}
