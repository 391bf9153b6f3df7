/** Tests of shard ownership. */
@NullMarked
package io.holdfast.payment.shard;

import org.jspecify.annotations.NullMarked;
