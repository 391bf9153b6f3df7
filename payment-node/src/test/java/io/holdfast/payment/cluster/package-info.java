/** Tests of how nodes find each other. */
@NullMarked
package io.holdfast.payment.cluster;

import org.jspecify.annotations.NullMarked;
