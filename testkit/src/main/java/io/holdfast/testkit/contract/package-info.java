/**
 * What every backend must do, as test classes to extend: {@link
 * io.holdfast.testkit.contract.BackendContract} for the primitives, then one for each recipe on
 * them.
 */
@NullMarked
package io.holdfast.testkit.contract;

import org.jspecify.annotations.NullMarked;
