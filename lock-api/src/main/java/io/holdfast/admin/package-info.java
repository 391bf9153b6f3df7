/**
 * For operators and their tools: who holds and waits, deadlocks, the audit trail, the examination
 * of a cluster, and the generation of its data.
 *
 * <p>Start with {@link io.holdfast.admin.Doctor} and {@link io.holdfast.admin.AuditTrail}. What
 * takes something away from somebody leaves a record of who did it, and why.
 */
@NullMarked
package io.holdfast.admin;

import org.jspecify.annotations.NullMarked;
