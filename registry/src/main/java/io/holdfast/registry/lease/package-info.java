/**
 * Instances that a gateway publishes for clients that have no session of their own. Read {@code
 * LeasedInstances} first.
 */
@NullMarked
package io.holdfast.registry.lease;

import org.jspecify.annotations.NullMarked;
