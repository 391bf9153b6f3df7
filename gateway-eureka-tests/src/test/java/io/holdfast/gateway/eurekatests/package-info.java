/** The gateway's Eureka door beside the real thing. */
@NullMarked
package io.holdfast.gateway.eurekatests;

import org.jspecify.annotations.NullMarked;
