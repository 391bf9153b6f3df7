package io.holdfast.lock.internal.local;

import io.holdfast.lock.internal.queue.OwnerDetails;
import java.time.Duration;

/**
 * One of those in this process who share a place: who holds it, or waits for it.
 *
 * @param number among the waits of this process, or the holds of one place
 * @param age for how long
 * @param details who it is
 */
public record LocalMember(long number, Duration age, OwnerDetails details) {}
