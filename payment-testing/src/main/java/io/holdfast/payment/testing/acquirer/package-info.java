/**
 * An acquirer that charges no real card and fails as it is told to, in a process of its own. Start
 * at {@link AcquirerSimulator}, or at {@link AcquirerServer} to run one inside another program.
 */
@NullMarked
package io.holdfast.payment.testing.acquirer;

import org.jspecify.annotations.NullMarked;
