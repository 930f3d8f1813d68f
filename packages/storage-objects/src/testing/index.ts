export { missingForRadosgw, type Radosgw, startRadosgw } from "./radosgw.ts";
