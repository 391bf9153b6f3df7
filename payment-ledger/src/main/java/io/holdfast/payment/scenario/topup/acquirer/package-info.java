/**
 * The acquirer, as top-ups see it: whom to ask, what it answers, what it settles. Everything that
 * comes from it is checked and bounded here.
 */
@NullMarked
package io.holdfast.payment.scenario.topup.acquirer;

import org.jspecify.annotations.NullMarked;
