@NullMarked
package io.holdfast.gateway.eureka;

import org.jspecify.annotations.NullMarked;
