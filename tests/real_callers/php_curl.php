<?php
$fields = [];
foreach (explode('&', '@QUERY@') as $pair) {
    [$name, $value] = explode('=', $pair, 2);
    $fields[trim($name)] = $value;
}
$curl = curl_init('@ADDRESS@');
curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_POSTFIELDS => $fields]);
echo curl_exec($curl);
