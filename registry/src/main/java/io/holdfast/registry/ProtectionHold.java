package io.holdfast.registry;

import java.time.Instant;

/**
 * Why an instance is still shown although the cluster no longer names it, and until when.
 *
 * @param reason for people, such as {@code 7 of 10 instances vanished within 10 s}
 * @param since when it vanished, by this machine's clock
 * @param until until when it is shown if it does not come back; longer while the cluster cannot be
 *     reached
 */
public record ProtectionHold(String reason, Instant since, Instant until) {}
