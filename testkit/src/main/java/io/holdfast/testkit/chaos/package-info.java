/**
 * Runs that hurt a cluster while clients use it, and judge what the clients saw.
 *
 * <p>Begin with {@link io.holdfast.testkit.chaos.ChaosRun}. Clients are processes of their own,
 * with {@code LockClient} as their program.
 */
@NullMarked
package io.holdfast.testkit.chaos;

import org.jspecify.annotations.NullMarked;
