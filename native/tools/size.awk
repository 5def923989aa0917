# Reads `size -A` of all objects and then their .su files (-fstack-usage); prints one row of a table for each module
# (the folder below src/; a file right in src/ is a module of its own).
function module_of(path) {
  sub(/^.*src\//, "", path)
  sub(/\/.*/, "", path)
  sub(/\.c?o?(:.*)?$/, "", path)
  return path
}
/^[^ ]+\.o  *:$/ { module = module_of($1); modules[module] = 1; next }
$1 ~ /^\.s?rodata|^\.srodata/ { rodata[module] += $2; next }
$1 ~ /^\.text/ { code[module] += $2; next }
$1 ~ /^\.s?data/ { data[module] += $2; next }
$1 ~ /^\.s?bss/ { bss[module] += $2; next }
NF == 3 && $1 ~ /\.[ch]:[0-9]+:[0-9]+:/ {
  split($1, place, ":")
  at = module_of(place[1])
  if (!(at in deepest) || $2 > stack[at]) { stack[at] = $2; deepest[at] = place[4] }
}
END {
  print "| module | code | constants | data | bss | largest stack frame |"
  print "| --- | ---: | ---: | ---: | ---: | --- |"
  for (module in modules)
    printf "| %s | %d | %d | %d | %d | %d, `%s` |\n", module, code[module], rodata[module], data[module], bss[module], stack[module], deepest[module] | "sort"
}
