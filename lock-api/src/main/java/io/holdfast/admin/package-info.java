/**
 * For operators and their tools: who holds and waits, deadlocks, the audit trail, the examination
 * of a cluster, and the generation of its data.
 *
 * <p>Start with {@link io.holdfast.admin.LockQueues} and {@link io.holdfast.admin.Doctor}. What
 * takes something away from somebody leaves a record in the {@link io.holdfast.admin.AuditTrail}.
 */
@NullMarked
package io.holdfast.admin;

import org.jspecify.annotations.NullMarked;
