/**
 * What one operator alone must not do: a first one proposes, another one approves. Read {@link
 * io.holdfast.payment.scenario.approval.Approvals} first.
 */
@NullMarked
package io.holdfast.payment.scenario.approval;

import org.jspecify.annotations.NullMarked;
